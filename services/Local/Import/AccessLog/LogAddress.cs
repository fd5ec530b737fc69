using System.Net;
using System.Text;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>
/// Finds the client in what stands before the time of a line: <c>[host[:port] ]address ident user</c>. A user name may hold blanks, so the parts are told apart from
/// the left: the client is an IP address or a host name, and a virtual host in front of it only counts when what follows is a client.
/// </summary>
internal static class LogAddress
{
    public static bool TryFind(ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> virtualHost)
    {
        address = virtualHost = default;
        var first = Token(ref prefix);
        var second = Token(ref prefix);
        if (first.IsEmpty || second.IsEmpty)
            return false;
        // What is left is "user", or "ident user" behind a virtual host.
        var more = prefix.Contains((byte)' ');
        if (IsAddress(first) && !(more && IsAddress(second)))
        {
            address = first;
            return true;
        }
        if (more && IsHost(WithoutPort(first, out var hasPort)) && (IsAddress(second) || (hasPort && IsHost(second) && second[0] != '-')))
        {
            virtualHost = WithoutPort(first, out _);
            address = second;
            return true;
        }
        // A host name as the client (HostnameLookups): then the ident field is all but always "-". An address in the place of the user is the client of a line that
        // something else was put in front of.
        if (IsHost(first) && (!more || (second.SequenceEqual("-"u8) && !IsAddress(Token(ref prefix)))))
        {
            address = first;
            return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> Token(scoped ref ReadOnlySpan<byte> rest)
    {
        var blank = rest.IndexOf((byte)' ');
        var token = blank < 0 ? rest : rest[..blank];
        rest = blank < 0 ? default : rest[(blank + 1)..];
        return token;
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host, out bool hasPort)
    {
        var colon = host.LastIndexOf((byte)':');
        hasPort = colon > 0 && colon < host.Length - 1 && host[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && (host[colon - 1] == ']' || host[..colon].IndexOf((byte)':') < 0);
        return hasPort ? host[..colon] : host;
    }

    private static bool IsHost(ReadOnlySpan<byte> text)
    {
        if (text.Length > 2 && text[0] == '[' && text[^1] == ']')
            return IsAddress(text[1..^1]);
        if (text.IsEmpty || text.SequenceEqual("-"u8) || text[0] == '.')
            return false;
        foreach (var b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'-' or (byte)'_'))
                return false;
        }
        return true;
    }

    private static bool IsAddress(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 64)
            return false;
        Span<char> chars = stackalloc char[64];
        var length = Encoding.Latin1.GetChars(text, chars);
        var isSix = text.Contains((byte)':');
        if (!isSix && text.Count((byte)'.') != 3)
            return false;
        return IPAddress.TryParse(chars[..length], out _);
    }
}
