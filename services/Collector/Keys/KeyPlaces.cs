namespace Tidemark.Collector.Keys;

/// <summary>Finds a write key in a body without compression. False when there is none; one that is there and cannot be read has the length 0.</summary>
internal delegate bool BodyKey(ReadOnlySpan<byte> body, Span<byte> key, out int length);

/// <summary>
/// Where the clients of a door put their write key. Every place that holds one has to hold the same: two different keys are none. A key in the request is judged before the body is
/// read; one in the body only afterwards, within the limits that hold for everybody.
/// </summary>
internal sealed record KeyPlaces
{
    /// <summary>Whether <c>Authorization</c> counts: basic authentication (user name; the password is ignored, as Segment's libraries leave it empty) and <c>Bearer</c>.</summary>
    internal bool Authorization { get; init; }

    /// <summary>Name of a header that holds the key; null: none does.</summary>
    internal string? Header { get; init; }

    /// <summary>Parameter of the query, for beacons, which cannot set headers; null: none does.</summary>
    internal string? Query { get; init; }

    /// <summary>How it is found in the body; null: it is not there.</summary>
    internal BodyKey? Body { get; init; }

    /// <summary>Of this product's own doors.</summary>
    internal static KeyPlaces Native { get; } = new() { Authorization = true, Header = "X-Write-Key", Query = "write_key" };
}
