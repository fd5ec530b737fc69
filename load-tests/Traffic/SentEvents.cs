using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tidemark.LoadTests.Traffic;

/// <summary>
/// What a steady stream sends, and what of it was acknowledged. Besides good events there are copies of earlier ones, events without an identity, and events that come
/// far too late; each is known by its message id.
/// </summary>
internal sealed class SentEvents(int seed, int visitors, TimeSpan lateBy, string key)
{
    private const int DuplicateEvery = 50;
    private const int BadEvery = 97;
    private const int LateEvery = 61;

    private long _number;

    /// <summary>Message ids of acknowledged events that must be counted, as events or as late ones.</summary>
    internal ConcurrentDictionary<string, byte> Good { get; } = [];

    /// <summary>Message ids of acknowledged events that must have been refused.</summary>
    internal ConcurrentDictionary<string, byte> Bad { get; } = [];

    /// <summary>Message ids of acknowledged events that are older than the lateness allows.</summary>
    internal ConcurrentDictionary<string, byte> Late { get; } = [];

    /// <summary>Acknowledged messages, copies included.</summary>
    internal long Acknowledged => Interlocked.Read(ref _acknowledged);

    private long _acknowledged;

    /// <summary>The next event of one sender; <paramref name="earlier"/> is one it sent before and sends again now and then.</summary>
    internal SentEvent Next(string sender, SentEvent? earlier, bool mayBeLate)
    {
        var number = Interlocked.Increment(ref _number);
        if (number % DuplicateEvery == 0 && earlier is not null)
            return earlier;
        var id = $"{sender}-{number}";
        var late = mayBeLate && number % LateEvery == 0;
        var bad = number % BadEvery == 0;
        var time = DateTime.UtcNow - (late ? lateBy : TimeSpan.Zero);
        // Numbers spread over the visitors by a constant, so that a run is the same for a seed but for its times.
        var visitor = (ulong)(number + seed) * 0x9E3779B97F4A7C15UL % (ulong)visitors;
        var identity = bad ? "" : string.Create(CultureInfo.InvariantCulture, $"\"anonymousId\":\"v{visitor}\",");
        var json = string.Create(CultureInfo.InvariantCulture,
            $"{{\"type\":\"track\",\"event\":\"step\",{identity}\"messageId\":\"{id}\",\"writeKey\":\"{key}\",\"timestamp\":\"{time:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"properties\":{{\"path\":\"/p/{number % 40}\"}}}}");
        return new SentEvent(id, Encoding.UTF8.GetBytes(json), bad, late && !bad);
    }

    internal void Acknowledge(SentEvent sent)
    {
        Interlocked.Increment(ref _acknowledged);
        (sent.IsBad ? Bad : Good).TryAdd(sent.MessageId, 0);
        if (sent.IsLate)
            Late.TryAdd(sent.MessageId, 0);
    }
}

internal sealed record SentEvent(string MessageId, byte[] Json, bool IsBad, bool IsLate);
