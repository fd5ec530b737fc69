using Tidemark.EventLog;

namespace Tidemark.Aggregator.Plans;

/// <summary>
/// One batch of one topic partition, fixed before any of its rows move: the records from <paramref name="Lo"/> up to, not including, <paramref name="Hi"/> give
/// <paramref name="Rows"/> rows.
/// </summary>
/// <param name="Life">Which topic of that name the offsets are of.</param>
/// <param name="State">Where the reader of the sessionizer's commit records goes on after it; of no meaning for topics that are loaded without them.</param>
internal sealed record LoadPlan(TopicPartition Source, TopicLife Life, long Lo, long Hi, long Rows, StatePosition State)
{
    /// <summary>The plan that begins a topic anew: no rows, the first batch follows at <paramref name="start"/>.</summary>
    public static LoadPlan Beginning(TopicPartition source, TopicLife life, long start) => new(source, life, -1, start, 0, default);

    /// <summary>True for a plan that only says where the topic begins.</summary>
    public bool IsBeginning => Lo < 0;

    /// <summary>Names this batch for one table; equal on every attempt, so that the engine stores it once.</summary>
    public string Token(string table) => $"{table}|{Source.Topic}|{Source.Partition}|{Life.Stored(Lo)}-{Life.Stored(Hi)}";
}

/// <summary>
/// Where a reader of commit records stands: the offset of the next one, the input offset at which that begins, and who wrote the last one
/// (<see cref="Contracts.Sessions.SessionizerCommit.Writer"/>; 0 when that is not known, and then neither is <paramref name="Next"/>).
/// </summary>
internal readonly record struct StatePosition(long Offset, long Next, long Writer);
