using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tidemark.Collector.Keys;

/// <summary>Finds the write key in the places of a request where its door looks for one (<see cref="KeyPlaces"/>).</summary>
internal static class PresentedKey
{
    /// <summary>Longest key; a longer one is none.</summary>
    internal const int MaxBytes = 512;

    /// <summary>
    /// The key of the request's head as bytes in <paramref name="target"/>; the length is 0 when there is none. False when there is one that cannot be read, or two that differ.
    /// </summary>
    internal static bool TryRead(HttpRequest request, KeyPlaces places, Span<byte> target, out int length)
    {
        length = 0;
        if (places.Authorization && request.Headers.Authorization is { Count: > 0 } authorization && !(authorization.Count == 1 && FromAuthorization(authorization[0], target, ref length)))
            return false;
        if (places.Header is { } name && request.Headers.TryGetValue(name, out var header) && !(header.Count == 1 && Merge(header[0], target, ref length)))
            return false;
        return places.Query is not { } parameter || !request.QueryString.HasValue || !request.Query.TryGetValue(parameter, out var query)
            || (query.Count == 1 && Merge(query[0], target, ref length));
    }

    /// <summary>The same for a body. A key that was in the request's head, <paramref name="length"/> bytes of <paramref name="target"/>, has to be the body's too where that has one.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> body, BodyKey find, Span<byte> target, ref int length)
    {
        Span<byte> found = stackalloc byte[MaxBytes];
        if (!find(body, found, out var foundLength))
            return true;
        if (foundLength == 0 || (length > 0 && !found[..foundLength].SequenceEqual(target[..length])))
            return false;
        found[..foundLength].CopyTo(target);
        length = foundLength;
        return true;
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
