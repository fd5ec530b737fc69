namespace Tidemark.Local.Import.AccessLog;

/// <summary>The request of a line: <c>METHOD target[ HTTP/n]</c>. The page is the target's path as it stands, without query and fragment (RFC 9112, 3.2).</summary>
internal static class RequestLine
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly System.Buffers.SearchValues<byte> Token = System.Buffers.SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(TokenCharacters));

    private static readonly System.Buffers.SearchValues<byte> Version = System.Buffers.SearchValues.Create("0123456789."u8);

    /// <summary>False when there is no path: no method, no target, CONNECT, OPTIONS *.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> request, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> target, out ReadOnlySpan<byte> path)
    {
        method = target = path = default;
        var blank = request.IndexOf((byte)' ');
        if (blank <= 0)
            return false;
        method = request[..blank];
        if (method.IndexOfAnyExcept(Token) >= 0 || method.SequenceEqual("CONNECT"u8))
            return false;
        target = WithoutProtocol(request[(blank + 1)..]).Trim((byte)' ');
        path = PathOf(target);
        return !path.IsEmpty;
    }

    private static ReadOnlySpan<byte> WithoutProtocol(ReadOnlySpan<byte> rest)
    {
        var blank = rest.LastIndexOf((byte)' ');
        return blank >= 0 && rest[(blank + 1)..].StartsWith("HTTP/"u8) && rest[(blank + 6)..].IndexOfAnyExcept(Version) < 0 ? rest[..blank] : rest;
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty)
            return default;
        if (target[0] != '/')
        {
            var scheme = target.IndexOf("://"u8);
            if (scheme <= 0 || !IsScheme(target[..scheme]))
                return default;
            var rest = target[(scheme + 3)..];
            var authority = rest.IndexOfAny("/?#"u8);
            if (authority == 0 || rest.IsEmpty)
                return default;
            if (authority < 0 || rest[authority] != '/')
                return "/"u8;
            target = rest[authority..];
        }
        var end = target.IndexOfAny("?#"u8);
        return end < 0 ? target : target[..end];
    }

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'+' or (byte)'-' or (byte)'.'))
                return false;
        }
        return char.IsAsciiLetter((char)text[0]);
    }
}
