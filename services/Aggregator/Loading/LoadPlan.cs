using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// One batch of one topic partition, fixed before any of its rows move: the records from <paramref name="Lo"/> up to, not including, <paramref name="Hi"/> give
/// <paramref name="Rows"/> rows. <paramref name="StateOffset"/> is where the reader of the sessionizer's commit records goes on after it (0 for other topics).
/// </summary>
internal sealed record LoadPlan(TopicPartition Source, long Lo, long Hi, long Rows, long StateOffset)
{
    /// <summary>Names this batch for one table; equal on every attempt, so that the engine stores it once.</summary>
    public string Token(string table) => $"{table}|{Source.Topic}|{Source.Partition}|{Lo}-{Hi}";
}
