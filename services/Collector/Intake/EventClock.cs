using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Decides when an event happened. Live lane: a device whose clock is off (its sending and our receipt are further apart than any network explains) is corrected by
/// the difference; what then lies a little ahead is set to the receipt, so that no clock can move a horizon into the future. History lane: times stay as they are.
/// </summary>
internal sealed class EventClock(CollectorOptions options)
{
    private readonly long _maxFutureMs = (long)options.MaxFuture.TotalMilliseconds;
    private readonly long _maxAgeMs = (long)options.MaxAge.TotalMilliseconds;
    private readonly long _maxDelayMs = (long)options.MaxDelay.TotalMilliseconds;
    private readonly long _maxAheadMs = (long)options.MaxAhead.TotalMilliseconds;

    /// <param name="lane">Live or history.</param>
    /// <param name="raw">What the event says.</param>
    /// <param name="receivedAt">The collector's clock.</param>
    /// <param name="arrivedAt">
    /// When the event reached us as far as anybody can say: the receipt, or for a message that waited in the intake topic the earlier time that stands on it. That time is
    /// its producer's and may be wrong, so it is only used where it can do no harm: for an event without a time, and so that a wait is not taken for a wrong clock.
    /// </param>
    /// <param name="occurredAt">Event time.</param>
    /// <param name="skewMs">The correction that is in it.</param>
    internal RejectCode Resolve(Lane lane, in RawEvent raw, long receivedAt, long arrivedAt, out long occurredAt, out long skewMs)
    {
        skewMs = 0;
        return lane == Lane.History ? History(raw, out occurredAt) : Live(raw, receivedAt, arrivedAt, out occurredAt, out skewMs);
    }

    private static RejectCode History(in RawEvent raw, out long occurredAt)
    {
        occurredAt = 0;
        if (!raw.HasTimestamp)
            return RejectCode.TsMissing;
        if (!EventTime.TryParse(raw.Timestamp, out occurredAt))
            return RejectCode.TsFormat;
        return EventTimes.IsInRange(occurredAt) ? RejectCode.None : RejectCode.TsRange;
    }

    private RejectCode Live(in RawEvent raw, long receivedAt, long arrivedAt, out long occurredAt, out long skewMs)
    {
        occurredAt = arrivedAt;
        skewMs = 0;
        long sentAt = 0;
        if (raw.HasSentAt && !EventTime.TryParse(raw.SentAt, out sentAt))
            return RejectCode.TsFormat;
        if (raw.IsAvro)
            occurredAt = raw.OccurredAt;
        else if ((raw.HasTimestamp || raw.HasOriginalTimestamp) && !EventTime.TryParse(raw.HasTimestamp ? raw.Timestamp : raw.OriginalTimestamp, out occurredAt))
            return RejectCode.TsFormat;
        else if (raw.HasSentAt && (raw.HasTimestamp || raw.HasOriginalTimestamp) && IsWrong(sentAt, receivedAt, arrivedAt))
        {
            skewMs = arrivedAt - sentAt;
            occurredAt += skewMs;
        }
        // Without overflow: an Avro time may be any long.
        if (occurredAt > receivedAt + _maxFutureMs)
            return RejectCode.TsFuture;
        if (occurredAt < receivedAt - _maxAgeMs)
            return RejectCode.TsTooOld;
        occurredAt = Math.Min(occurredAt, receivedAt);
        // With the default age this is a matter of the collector's own clock; a much larger one lets old times come here.
        return EventTimes.IsInRange(occurredAt) ? RejectCode.None : RejectCode.TsRange;
    }

    /// <summary>A device is ahead when it sent after the receipt, whatever the message waited; it is behind when its sending and the arrival are too far apart.</summary>
    private bool IsWrong(long sentAt, long receivedAt, long arrivedAt) => receivedAt - sentAt < -_maxAheadMs || arrivedAt - sentAt > _maxDelayMs;
}
