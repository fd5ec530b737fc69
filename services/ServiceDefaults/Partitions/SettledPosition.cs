using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// The position that a group had some time ago. What is loaded now stands in the engine's memory and in files that the disk has not; after a power cut it is loaded again, from the log. So nothing
/// may be cut before it has been loaded for a while. Not thread-safe.
/// </summary>
/// <param name="log">Asked for the position.</param>
/// <param name="group">Whose position.</param>
/// <param name="partition">The partition.</param>
/// <param name="age">How old a position has to be; <see cref="Default"/>.</param>
/// <param name="time">Clock of the age.</param>
public sealed class SettledPosition(IEventLog log, string group, TopicPartition partition, TimeSpan age, TimeProvider time)
{
    /// <summary>Several times what an operating system leaves unwritten (Linux: half a minute).</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(2);

    private readonly Queue<(long Timestamp, long Position)> _seen = new();

    /// <summary>Asks anew. Null: the group has no position, or it has not been watched for that long. Throws what <see cref="IEventLog.PositionAsync"/> does.</summary>
    public async ValueTask<long?> AskAsync(CancellationToken cancellation)
    {
        if (await log.PositionAsync(group, partition, cancellation) is not { } now)
        {
            _seen.Clear();
            return null;
        }
        // Set back by an operator: what is loaded again must stay.
        if (_seen.Count > 0 && now < _seen.Peek().Position)
            _seen.Clear();
        _seen.Enqueue((time.GetTimestamp(), now));
        long? settled = null;
        while (_seen.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Timestamp) >= age)
        {
            settled = oldest.Position;
            if (_seen.Count == 1 || time.GetElapsedTime(_seen.ElementAt(1).Timestamp) < age)
                break;
            _seen.Dequeue();
        }
        return settled;
    }
}
