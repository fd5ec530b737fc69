using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.RocksDb;

namespace Tidemark.EventLog.Host;

/// <summary>Records of 250 bytes, half of it random, to 4 partitions, in requests of 100 from concurrent producers; then reading it all, from the store and at the tail.</summary>
internal static class Benchmark
{
    private const int Partitions = 4;

    internal static async Task<int> RunAsync(string directory, string[] settings)
    {
        var records = settings.Length > 0 ? int.Parse(settings[0], CultureInfo.InvariantCulture) : 1_000_000;
        var producers = Setting("producers", 4);
        var options = new RocksDbLogOptions
        {
            Directory = directory,
            CompressFromBytes = Setting("compress", 1) == 1 ? 1024 : null,
            MaxWalBytes = (long)Setting("wal", 128) << 20,
        };
        IReadOnlyList<TopicDefinition> topics = [new TopicDefinition("events", Partitions) { Large = true }];
        var noise = BenchmarkLoad.Noise();

        var begun = Stopwatch.GetTimestamp();
        await using (var log = RocksDbEventLog.Open(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            Console.WriteLine($"open       {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
            await BenchmarkLoad.ProduceAsync(log, noise, producers, Math.Min(records, 1_000_000));
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            using var commits = new CommitCount();
            var (wall, cpu) = await BenchmarkLoad.MeasureAsync(() => BenchmarkLoad.ProduceAsync(log, noise, producers, records));
            Console.WriteLine($"append     {commits.Commits} commits of {(double)records / BenchmarkLoad.PerRequest / commits.Commits:F1} requests");
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            BenchmarkLoad.Report("append", records, wall, cpu);
            Console.WriteLine($"append     {allocated / (double)records:F2} bytes allocated per record");
            (wall, cpu) = await BenchmarkLoad.MeasureAsync(() => BenchmarkLoad.FillAsync(log, noise, records));
            BenchmarkLoad.Report("(filling)", records, wall, cpu);
        }
        var stored = new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
        begun = Stopwatch.GetTimestamp();
        await using (var log = RocksDbEventLog.Open(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            Console.WriteLine($"open       {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
            long read = 0;
            var (wall, cpu) = await BenchmarkLoad.MeasureAsync(async () => read = await BenchmarkLoad.ReadAsync(log, Partitions));
            BenchmarkLoad.Report("read", read, wall, cpu);
            Console.WriteLine($"disk       {stored / (double)read:F1} bytes per record");
        }
        return 0;

        int Setting(string name, int otherwise)
        {
            var given = Array.Find(settings, setting => setting.StartsWith(name + "=", StringComparison.Ordinal));
            return given is null ? otherwise : int.Parse(given.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        }
    }
}
