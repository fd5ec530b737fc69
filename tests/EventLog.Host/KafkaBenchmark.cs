using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;

namespace Tidemark.EventLog.Host;

/// <summary>
/// The load of <see cref="Benchmark"/> on Kafka, 8 partitions; then reading it all partition by partition and all at once, and transactions as a sessionizer commits
/// them. Topics get a prefix of their own and are deleted.
/// </summary>
internal static class KafkaBenchmark
{
    private const int Partitions = 8;

    internal static async Task<int> RunAsync(string servers, string[] settings)
    {
        var records = settings.Length > 0 && int.TryParse(settings[0], CultureInfo.InvariantCulture, out var given) ? given : 1_000_000;
        var producers = Setting("producers", 4);
        var options = new KafkaLogOptions
        {
            BootstrapServers = servers,
            Partitions = Partitions,
            TopicPrefix = $"bench-{Guid.NewGuid():N}.",
            Linger = TimeSpan.FromMilliseconds(Setting("linger", 5)),
            ReadAheadBytes = Setting("readahead", 4096) << 10,
        };
        IReadOnlyList<TopicDefinition> topics = [new("events", Partitions), new("sessions", Partitions)];
        var noise = BenchmarkLoad.Noise();
        await using (var log = KafkaEventLog.Create(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            await log.Checked;
            await BenchmarkLoad.ProduceAsync(log, noise, producers, Math.Min(records, 200_000));
            await MeasuredAsync("append", () => BenchmarkLoad.ProduceAsync(log, noise, producers, records), () => records);
            await MeasuredAsync("(filling)", () => BenchmarkLoad.FillAsync(log, noise, records), () => records);
        }
        await using (var log = KafkaEventLog.Create(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            long read = 0;
            await MeasuredAsync("read 1", async () => read = await BenchmarkLoad.ReadAsync(log, Partitions), () => read);
            await MeasuredAsync("read 8", async () => read = await ReadTogetherAsync(log), () => read);
            await TransactAsync(log, 1, 0);
            await TransactAsync(log, 300, 200);
            await TransactAsync(log, 300, 0);
        }
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        await admin.DeleteTopicsAsync(topics.Select(topic => options.TopicPrefix + topic.Name));
        return 0;

        int Setting(string name, int otherwise)
        {
            var found = Array.Find(settings, setting => setting.StartsWith(name + "=", StringComparison.Ordinal));
            return found is null ? otherwise : int.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        }
    }

    private static async Task MeasuredAsync(string what, Func<Task> work, Func<long> records)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (wall, cpu) = await BenchmarkLoad.MeasureAsync(work);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        BenchmarkLoad.Report(what, records(), wall, cpu);
        Console.WriteLine($"{what,-10} {allocated / (double)records():F2} bytes allocated per record");
    }

    private static async Task<long> ReadTogetherAsync(KafkaEventLog log)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => Task.Run(async () =>
        {
            long count = 0;
            using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
            while (await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None) || !reader.AtEnd)
            {
                foreach (var record in reader.Records)
                    count += record.Value.Length > 0 ? 1 : 0;
            }
            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Commits of so many rows on one partition, each so long after the one before.</summary>
    private static async Task TransactAsync(KafkaEventLog log, int rows, int pauseMs)
    {
        const int Commits = 30;
        using var leave = new CancellationTokenSource();
        var value = Encoding.UTF8.GetBytes(new string('v', 300));
        var times = new List<double>();
        await log.RunGroupAsync("bench", ["events"], async (owner, _) =>
        {
            if (owner.Partition.Partition != 0)
                return;
            for (var i = 0; i < Commits + 3; i++)
            {
                using var transaction = owner.Begin();
                for (var j = 0; j < rows; j++)
                    transaction.Append(new TopicPartition("sessions", 0), "key"u8, value, 1);
                var begun = Stopwatch.GetTimestamp();
                await transaction.CommitAsync(owner.Position + 1, CancellationToken.None);
                if (i >= 3)
                    times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                await Task.Delay(pauseMs, CancellationToken.None);
            }
            await leave.CancelAsync();
        }, leave.Token);
        times.Sort();
        Console.WriteLine($"transact   {rows} rows, {pauseMs} ms apart: {times[times.Count / 2]:F1} ms a commit in the middle, {times[^1]:F1} ms at most");
    }
}
