using System.Net;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>
/// Finds the client in what stands before the time of a line: <c>[host[:port] ]client ident user</c>. A user name may hold blanks, so the parts are told apart from the
/// left. The client is an address, with or without its port; a list of forwarded addresses, whose first is the client (RFC 7239, 5.2); or a host name. A prefix that can be
/// read in two ways, such as <c>client proxy - -</c>, is read in neither: whoever takes the proxy for the client makes one visitor of many.
/// </summary>
internal static class LogAddress
{
    /// <summary>Bytes of the longest address that <see cref="Canonical"/> writes.</summary>
    public const int LongestCanonical = 64;

    public static bool TryFind(ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> virtualHost)
    {
        virtualHost = default;
        var rest = prefix;
        if (TryClient(ref rest, out address) && IsIdentAndUser(rest))
            return true;
        rest = prefix;
        var host = WithoutPort(Token(ref rest), out var hasPort);
        if (!IsHost(host))
            return false;
        // Two addresses may be a client and its proxy; a host name, or the port of Apache's vhost_combined, tells that the first is the server.
        if (hasPort || !IsAddress(host))
        {
            var behind = rest;
            if ((TryClient(ref behind, out address) || (hasPort && TryHostName(ref behind, out address))) && IsIdentAndUser(behind))
            {
                virtualHost = host;
                return true;
            }
        }
        // A host name as the client (HostnameLookups): then a user name with blanks needs the ident that servers write, "-".
        address = host;
        return !hasPort && !IsAddress(host) && IsIdentAndUser(rest) && (Token(ref rest).SequenceEqual("-"u8) || !rest.Trim((byte)' ').Contains((byte)' '));
    }

    /// <summary>
    /// One text for an address: an IPv4 address in IPv6 clothes (<c>::ffff:192.0.2.1</c>, as servers on a dual-stack socket log it) is that IPv4 address, and an IPv6
    /// address has its one short form. Everything else stays as it is written.
    /// </summary>
    public static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> address, Span<byte> scratch)
    {
        // A zone belongs to one machine and has no other form.
        if (!address.Contains((byte)':') || address.Contains((byte)'%') || !IPAddress.TryParse(address, out var parsed))
            return address;
        if (parsed.IsIPv4MappedToIPv6)
            parsed = parsed.MapToIPv4();
        return parsed.TryFormat(scratch, out var length) ? scratch[..length] : address;
    }

    /// <summary>
    /// The client in an <c>X-Forwarded-For</c> that stands in a field of its own: the first of a list of addresses. An address with a port is none here: such a field is as likely nginx's
    /// <c>$upstream_addr</c>, the server behind it, which would make one visitor of all.
    /// </summary>
    public static bool TryForwarded(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> client)
    {
        client = default;
        var first = true;
        foreach (var range in field.Split((byte)','))
        {
            var address = field[range].Trim((byte)' ');
            if (first)
                client = address;
            else if (address.SequenceEqual("unknown"u8))
                continue;
            if (!IsAddress(address))
                return false;
            first = false;
        }
        return true;
    }

    private static bool TryClient(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> address)
    {
        var token = Token(ref rest);
        var comma = token.IndexOf((byte)',');
        if (!TryAddress(comma < 0 ? token : token[..comma], out address))
            return false;
        while (comma >= 0)
        {
            token = token[(comma + 1)..];
            // "a, b" and "a,b" alike.
            if (token.IsEmpty)
                token = Token(ref rest);
            comma = token.IndexOf((byte)',');
            var proxy = comma < 0 ? token : token[..comma];
            if (!TryAddress(proxy, out _) && !proxy.SequenceEqual("unknown"u8))
                return false;
        }
        return true;
    }

    private static bool TryHostName(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name)
    {
        name = Token(ref rest);
        return IsHost(name) && name[0] != '-';
    }

    /// <summary>
    /// An address stands in neither, and a "-" neither begins nor ends a user name that has blanks: then the line has another field in front, such as a proxy
    /// or a forwarded address.
    /// </summary>
    private static bool IsIdentAndUser(ReadOnlySpan<byte> rest)
    {
        var ident = Token(ref rest);
        var user = rest.Trim((byte)' ');
        if (ident.IsEmpty || user.IsEmpty || HoldsAddress(ident))
            return false;
        if (user.Contains((byte)' ') && (user.StartsWith("- "u8) || user.EndsWith(" -"u8)))
            return false;
        while (!user.IsEmpty)
        {
            if (HoldsAddress(Token(ref user)))
                return false;
        }
        return true;
    }

    private static bool HoldsAddress(ReadOnlySpan<byte> token)
    {
        var comma = token.IndexOf((byte)',');
        return TryAddress((comma < 0 ? token : token[..comma]).Trim((byte)'"'), out _);
    }

    /// <summary>The next word; blanks in front of it do not count.</summary>
    private static ReadOnlySpan<byte> Token(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        var blank = rest.IndexOf((byte)' ');
        var token = blank < 0 ? rest : rest[..blank];
        rest = rest[token.Length..];
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

    /// <summary>An address with or without a port: the port is that of one connection, and no part of who it was.</summary>
    private static bool TryAddress(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> address)
    {
        address = WithoutPort(text, out _);
        if (address.Length > 2 && address[0] == '[' && address[^1] == ']')
        {
            address = address[1..^1];
            return address.Contains((byte)':') && IsAddress(address);
        }
        return IsAddress(address);
    }

    private static bool IsAddress(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > LongestCanonical || text[0] == '[')
            return false;
        return (text.Contains((byte)':') || text.Count((byte)'.') == 3) && IPAddress.IsValidUtf8(text);
    }
}
