namespace Tidemark.Contracts.Events;

/// <summary>
/// The one order of events: by event time, then by place in what brought them, then by id. Nothing in it depends on arrival, partition or repetition, so a batch computation
/// in SQL (<c>ORDER BY occurred_at, seq, event_id</c>) comes to the same. Places and ids compare unsigned, as the columns do.
/// </summary>
public static class EventOrder
{
    /// <summary>True when the first event comes before the second; never for one event and itself.</summary>
    public static bool IsBefore(long time, int seq, long id, long otherTime, int otherSeq, long otherId)
    {
        if (time != otherTime)
            return time < otherTime;
        return seq != otherSeq ? (uint)seq < (uint)otherSeq : (ulong)id < (ulong)otherId;
    }
}
