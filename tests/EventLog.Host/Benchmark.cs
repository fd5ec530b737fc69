using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.RocksDb;

namespace Tidemark.EventLog.Host;

/// <summary>Records of 250 bytes, half of it random, to 4 partitions, in requests of 100 from concurrent producers; then reading it all, from the store and at the tail.</summary>
internal static class Benchmark
{
    private const int PerRequest = 100;
    private const int RecordBytes = 250;
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
        var noise = Noise();

        var begun = Stopwatch.GetTimestamp();
        await using (var log = RocksDbEventLog.Open(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            Console.WriteLine($"open       {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
            await ProduceAsync(log, noise, producers, Math.Min(records, 1_000_000));
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            using var commits = new CommitCount();
            var (wall, cpu) = await MeasureAsync(() => ProduceAsync(log, noise, producers, records));
            Console.WriteLine($"append     {commits.Commits} commits of {(double)records / PerRequest / commits.Commits:F1} requests");
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            Report("append", records, wall, cpu);
            Console.WriteLine($"append     {allocated / (double)records:F2} bytes allocated per record");
            (wall, cpu) = await MeasureAsync(() => FillAsync(log, noise, records));
            Report("(filling)", records, wall, cpu);
        }
        var stored = new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
        begun = Stopwatch.GetTimestamp();
        await using (var log = RocksDbEventLog.Open(options, topics, TimeProvider.System, NullLogger.Instance))
        {
            Console.WriteLine($"open       {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
            long read = 0;
            var (wall, cpu) = await MeasureAsync(async () => read = await ReadAsync(log));
            Report("read", read, wall, cpu);
            Console.WriteLine($"disk       {stored / (double)read:F1} bytes per record");
        }
        return 0;

        int Setting(string name, int otherwise)
        {
            var given = Array.Find(settings, setting => setting.StartsWith(name + "=", StringComparison.Ordinal));
            return given is null ? otherwise : int.Parse(given.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Random bytes to cut the random halves from: far more than a compressor's window, so that nothing repeats but the fixed half.</summary>
    private static byte[] Noise()
    {
        var noise = new byte[(64 << 20) + RecordBytes];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private static async Task ProduceAsync(RocksDbEventLog log, byte[] noise, int producers, int records)
    {
        var left = records / PerRequest;
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            var number = producer << 24;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var request = log.NewAppend("events");
                Fill(request, noise, ref number);
                await log.AppendAsync(request, CancellationToken.None);
            }
        })));
    }

    /// <summary>What the benchmark itself costs, to be taken off.</summary>
    private static Task FillAsync(RocksDbEventLog log, byte[] noise, int records)
    {
        var number = 0;
        for (var i = 0; i < records / PerRequest; i++)
        {
            using var request = log.NewAppend("events");
            Fill(request, noise, ref number);
        }
        return Task.CompletedTask;
    }

    private static void Fill(AppendRequest request, byte[] noise, ref int number)
    {
        Span<byte> key = stackalloc byte[8];
        Span<byte> value = stackalloc byte[RecordBytes];
        value.Fill((byte)'x');
        for (var i = 0; i < PerRequest; i++)
        {
            number++;
            BitConverter.TryWriteBytes(key, number * 7919L);
            noise.AsSpan((int)((uint)number * 2654435761u >> 6), RecordBytes / 2).CopyTo(value);
            request.Add(key, value, 1_700_000_000_000 + number);
        }
    }

    private static async Task<long> ReadAsync(RocksDbEventLog log)
    {
        long count = 0;
        for (var partition = 0; partition < Partitions; partition++)
        {
            using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
            long bytes = 0;
            while (await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None))
            {
                foreach (var record in reader.Records)
                {
                    bytes += record.Key.Length + record.Value.Length;
                    count++;
                }
            }
        }
        return count;
    }

    private static async Task<(TimeSpan Wall, TimeSpan Cpu)> MeasureAsync(Func<Task> work)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var begun = Stopwatch.GetTimestamp();
        await work();
        return (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - cpu);
    }

    private static void Report(string what, long records, TimeSpan wall, TimeSpan cpu) => Console.WriteLine(
        $"{what,-10} {records / wall.TotalSeconds:N0} records/s, {cpu.TotalMicroseconds / records:F3} us CPU per record, {wall.TotalMilliseconds:N0} ms");
}
