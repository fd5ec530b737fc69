using System.Diagnostics;

namespace Tidemark.EventLog.Host;

/// <summary>What the benchmarks of both logs do: the same records, the same way.</summary>
internal static class BenchmarkLoad
{
    internal const int PerRequest = 100;
    internal const int RecordBytes = 250;

    /// <summary>Random bytes to cut the random halves from: far more than a compressor's window, so that nothing repeats but the fixed half.</summary>
    internal static byte[] Noise()
    {
        var noise = new byte[(64 << 20) + RecordBytes];
        new Random(1).NextBytes(noise);
        return noise;
    }

    internal static async Task ProduceAsync(IEventLog log, byte[] noise, int producers, int records)
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
    internal static Task FillAsync(IEventLog log, byte[] noise, int records)
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

    internal static async Task<long> ReadAsync(IEventLog log, int partitions)
    {
        long count = 0;
        for (var partition = 0; partition < partitions; partition++)
        {
            using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
            long bytes = 0;
            while (await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None) || !reader.AtEnd)
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

    internal static async Task<(TimeSpan Wall, TimeSpan Cpu)> MeasureAsync(Func<Task> work)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var begun = Stopwatch.GetTimestamp();
        await work();
        return (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - cpu);
    }

    internal static void Report(string what, long records, TimeSpan wall, TimeSpan cpu) => Console.WriteLine(
        $"{what,-10} {records / wall.TotalSeconds:N0} records/s, {cpu.TotalMicroseconds / records:F3} us CPU per record, {wall.TotalMilliseconds:N0} ms");
}
