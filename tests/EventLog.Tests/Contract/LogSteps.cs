using System.Diagnostics;
using System.Text;

namespace Tidemark.EventLog.Tests.Contract;

/// <summary>Short words for what tests do with a log.</summary>
internal static class LogSteps
{
    internal static LogRange Range(this IEventLog log, TopicPartition partition) => log.RangeAsync(partition, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    internal static async Task<long> AppendAsync(this IEventLog log, string topic, int partition, params IEnumerable<string> values)
    {
        using var request = log.NewAppend(topic);
        foreach (var value in values)
            request.AddTo(partition, "key"u8, Encoding.UTF8.GetBytes(value), 1_000 + value.Length);
        await log.AppendAsync(request, CancellationToken.None);
        return request.BaseOffset(partition);
    }

    /// <summary>Reads until the provable end; checks that offsets strictly increase.</summary>
    internal static async Task<List<ReadRecord>> ReadAllAsync(this IEventLog log, string topic, int partition, long from = 0)
    {
        using var reader = log.OpenReader(new TopicPartition(topic, partition), from);
        var records = new List<ReadRecord>();
        while (await reader.ReadAsync(TimeSpan.FromMilliseconds(reader.AtEnd ? 0 : 20), CancellationToken.None) || !reader.AtEnd)
            Take(reader.Records, records);
        return records;
    }

    internal static async Task<List<string>> ReadValuesAsync(this IEventLog log, string topic, int partition, long from = 0) =>
        [.. (await log.ReadAllAsync(topic, partition, from)).Select(record => record.Value)];

    /// <summary>Waits until the reader knows that it is at the end, which on a busy machine takes its time; there must be no further record.</summary>
    internal static async Task ReachEndAsync(this ILogReader reader, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        do
        {
            Assert.False(await reader.ReadAsync(TimeSpan.FromMilliseconds(50), cancellation));
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "never at the end");
        }
        while (!reader.AtEnd);
    }

    internal static void Take(RecordSet set, List<ReadRecord> records)
    {
        foreach (var record in set)
        {
            if (records.Count > 0)
                Assert.True(record.Offset > records[^1].Offset, $"offset {record.Offset} after {records[^1].Offset}");
            records.Add(new ReadRecord(record.Offset, record.TimestampMs, Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value)));
        }
    }
}

internal sealed record ReadRecord(long Offset, long TimestampMs, string Key, string Value);
