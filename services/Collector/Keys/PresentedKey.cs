using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tidemark.Collector.Keys;

/// <summary>
/// Finds the write key in a request: basic authentication (user name; the password is ignored, as Segment's libraries leave it empty), <c>Bearer</c>,
/// <c>X-Write-Key</c>, or <c>?write_key=</c> for beacons, which cannot set headers. Two different ones are none.
/// </summary>
internal static class PresentedKey
{
    /// <summary>Longest key; a longer one is none.</summary>
    internal const int MaxBytes = 512;

    /// <summary>The key as bytes in <paramref name="target"/> (its length is returned); 0 when there is none, or no readable one.</summary>
    internal static int Read(HttpRequest request, Span<byte> target)
    {
        var length = 0;
        var agree = true;
        if (request.Headers.Authorization is { Count: > 0 } authorization)
            agree = authorization.Count == 1 && FromAuthorization(authorization[0], target, ref length);
        if (request.Headers.TryGetValue("X-Write-Key", out var header))
            agree &= header.Count == 1 && Merge(header[0], target, ref length);
        if (request.QueryString.HasValue && request.Query.TryGetValue("write_key", out var query))
            agree &= query.Count == 1 && Merge(query[0], target, ref length);
        return agree ? length : 0;
    }

    private static bool FromAuthorization(string? value, Span<byte> target, ref int length)
    {
        if (value is null)
            return false;
        if (value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Merge(value.AsSpan(7).Trim(), target, ref length);
        if (!value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return false;
        var encoded = value.AsSpan(6).Trim();
        if (encoded.Length > target.Length)
            return false;
        Span<byte> decoded = stackalloc byte[MaxBytes];
        if (!Encoding.ASCII.TryGetBytes(encoded, decoded, out var encodedLength)
            || Base64.DecodeFromUtf8InPlace(decoded[..encodedLength], out var decodedLength) != System.Buffers.OperationStatus.Done)
            return false;
        decoded = decoded[..decodedLength];
        var colon = decoded.IndexOf((byte)':');
        if (colon >= 0)
            decoded = decoded[..colon];
        decoded.CopyTo(target);
        length = decoded.Length;
        return true;
    }

    private static bool Merge(ReadOnlySpan<char> value, Span<byte> target, ref int length)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        if (!Encoding.UTF8.TryGetBytes(value, bytes[..Math.Min(bytes.Length, target.Length)], out var written))
            return false;
        bytes = bytes[..written];
        if (length > 0)
            return bytes.SequenceEqual(target[..length]);
        bytes.CopyTo(target);
        length = written;
        return true;
    }
}
