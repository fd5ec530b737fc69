namespace Tidemark.Collector.Intake;

/// <summary>Takes addresses of pages apart as text: nothing is decoded, resolved or fetched.</summary>
internal static class PageAddress
{
    /// <summary>The path of a URL or of a path with query and fragment; "/" for a URL with none; empty for an empty text.</summary>
    internal static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> url)
    {
        if (url.IsEmpty)
            return default;
        var path = WithoutQuery(url);
        var scheme = path.IndexOf("://"u8);
        if (scheme > 0 && path[..scheme].IndexOf((byte)'/') < 0)
            path = path[(scheme + 3)..];
        else if (path.StartsWith("//"u8))
            path = path[2..];
        else
            return path.IsEmpty ? "/"u8 : path;
        var slash = path.IndexOf((byte)'/');
        return slash < 0 ? "/"u8 : path[slash..];
    }

    /// <summary>A path as a client gives it, without query and fragment; one that is nothing else (<c>#/inbox</c>) stays as it is.</summary>
    internal static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> path)
    {
        var end = path.IndexOfAny((byte)'?', (byte)'#');
        return end > 0 ? path[..end] : path;
    }

    /// <summary>The query of a URL without its question mark and without the fragment.</summary>
    internal static ReadOnlySpan<byte> QueryOf(ReadOnlySpan<byte> url)
    {
        var start = url.IndexOf((byte)'?');
        if (start < 0)
            return default;
        var query = url[(start + 1)..];
        var fragment = query.IndexOf((byte)'#');
        return fragment < 0 ? query : query[..fragment];
    }
}
