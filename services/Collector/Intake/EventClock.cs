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

    internal RejectCode Resolve(Lane lane, in RawEvent raw, long receivedAt, out long occurredAt, out long skewMs)
    {
        skewMs = 0;
        return lane == Lane.History ? History(raw, out occurredAt) : Live(raw, receivedAt, out occurredAt, out skewMs);
    }

    private static RejectCode History(in RawEvent raw, out long occurredAt)
    {
        occurredAt = 0;
        if (!raw.HasTimestamp)
            return RejectCode.TsMissing;
        if (!EventTime.TryParse(raw.Timestamp, out occurredAt))
            return RejectCode.TsFormat;
        return occurredAt is < EventTime.EarliestMs or > EventTime.LatestMs ? RejectCode.TsRange : RejectCode.None;
    }

    private RejectCode Live(in RawEvent raw, long receivedAt, out long occurredAt, out long skewMs)
    {
        occurredAt = receivedAt;
        skewMs = 0;
        long sentAt = 0;
        if (raw.HasSentAt && !EventTime.TryParse(raw.SentAt, out sentAt))
            return RejectCode.TsFormat;
        if (!raw.HasTimestamp && !raw.HasOriginalTimestamp)
            return RejectCode.None;
        if (!EventTime.TryParse(raw.HasTimestamp ? raw.Timestamp : raw.OriginalTimestamp, out occurredAt))
            return RejectCode.TsFormat;
        if (raw.HasSentAt && receivedAt - sentAt is var skew && (skew < -_maxAheadMs || skew > _maxDelayMs))
        {
            skewMs = skew;
            occurredAt += skew;
        }
        if (occurredAt > receivedAt + _maxFutureMs)
            return RejectCode.TsFuture;
        if (occurredAt < receivedAt - _maxAgeMs)
            return RejectCode.TsTooOld;
        occurredAt = Math.Min(occurredAt, receivedAt);
        return RejectCode.None;
    }
}
