using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.EventLog.Kafka;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;
using Tidemark.ServiceDefaults;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>The reconciliation of a run: what the log holds, what the sessionizer said of it, and what the tables have.</summary>
internal sealed record Balance(long Accepted, long Duplicates, long Stored, long Twice, long Late, long Rejected, long Sessions, long DifferentSessions)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    /// <summary>Waits until the tables have what was acknowledged, then asks the log; what does not add up after four minutes is noted.</summary>
    internal static async Task<Balance> WaitAsync(ClusterProduct product, SentEvents sent, int probes, TimeSpan gap, List<string> failures, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var balance = await TablesAsync(product, gap, cancellation);
        while (balance.WrongTables(sent, probes).Count > 0 && clock.Elapsed < _patience)
        {
            await Task.Delay(500, cancellation);
            balance = await TablesAsync(product, gap, cancellation);
        }
        var (accepted, duplicates) = await LogAsync(product, cancellation);
        balance = balance with { Accepted = accepted, Duplicates = duplicates };
        failures.AddRange(balance.WrongTables(sent, probes));
        if (accepted != balance.Stored + duplicates + balance.Late)
            failures.Add($"the log has {accepted} accepted events, but stored + duplicate + late is {balance.Stored} + {duplicates} + {balance.Late}");
        return balance;
    }

    private List<string> WrongTables(SentEvents sent, int probes)
    {
        var wrong = new List<string>();
        if (Stored + Late != sent.Good.Count + probes)
            wrong.Add($"{sent.Good.Count + probes} distinct good events were acknowledged, {Stored} are stored and {Late} late");
        if (Twice != 0)
            wrong.Add($"{Twice} rows of events have the id of another");
        if (Late != sent.Late.Count)
            wrong.Add($"{sent.Late.Count} events were too late, {Late} are in late_events");
        if (Rejected != sent.Bad.Count)
            wrong.Add($"{sent.Bad.Count} events had to be refused, {Rejected} distinct ones are in rejected_events");
        if (DifferentSessions != 0)
            wrong.Add($"{DifferentSessions} sessions differ from the batch computation");
        return wrong;
    }

    private static async Task<Balance> TablesAsync(ClusterProduct product, TimeSpan gap, CancellationToken cancellation)
    {
        return new Balance(
            0, 0,
            await CountAsync("SELECT count() FROM events"),
            await CountAsync("SELECT count() - uniqExact(event_id) FROM events"),
            await CountAsync("SELECT count() FROM late_events"),
            await CountAsync("SELECT uniqExact(JSONExtractString(sample, 'messageId')) FROM rejected_events"),
            await CountAsync("SELECT count() FROM sessions"),
            await CountAsync(SessionOracle.Different(gap)));

        async Task<long> CountAsync(string query) => long.Parse(await product.SqlAsync(query, cancellation), CultureInfo.InvariantCulture);
    }

    /// <summary>Counts the records of <c>events</c> and, in the commit records, the duplicates among them.</summary>
    private static async Task<(long Accepted, long Duplicates)> LogAsync(ClusterProduct product, CancellationToken cancellation)
    {
        var options = new KafkaLogOptions { BootstrapServers = product.Broker.Bootstrap, TopicPrefix = product.Prefix, Partitions = product.Partitions };
        await using var log = KafkaEventLog.Create(options, PipelineTopics.Definitions(product.Partitions, intakeRetention: options.IntakeRetention), TimeProvider.System, NullLogger.Instance);
        await log.Checked;
        long accepted = 0, duplicates = 0;
        for (var partition = 0; partition < product.Partitions; partition++)
        {
            await ReadAsync(log, new TopicPartition(Topics.Events, partition), _ => accepted++, cancellation);
            await ReadAsync(log, new TopicPartition(Topics.SessionizerState, partition), value => duplicates += DuplicatesOf(value), cancellation);
        }
        return (accepted, duplicates);
    }

    private static async Task ReadAsync(KafkaEventLog log, TopicPartition partition, Action<byte[]> take, CancellationToken cancellation)
    {
        var range = await log.RangeAsync(partition, cancellation);
        using var reader = log.OpenReader(partition, range.Start);
        while (reader.Position < range.End)
        {
            if (!await reader.ReadAsync(TimeSpan.FromSeconds(5), cancellation))
                continue;
            foreach (var record in reader.Records)
                take(record.Value.ToArray());
        }
    }

    private static long DuplicatesOf(byte[] value) => !SessionizerCommit.Is(value)
        ? 0
        : SessionizerCommit.Decode(value).Skipped.Where(range => range.Reason == SkipReason.Duplicate).Sum(range => (long)range.Count);
}
