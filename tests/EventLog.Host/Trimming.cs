using System.Text;

namespace Tidemark.EventLog.Host;

/// <summary>Appends to every partition and trims it, and prints both: "PARTITION OFFSET VALUE" of what was acknowledged, "asked PARTITION OFFSET" before a trim, "start PARTITION OFFSET" after it.</summary>
internal static class Trimming
{
    private const int Partitions = 4;

    internal static async Task<int> RunAsync(string directory, int seed)
    {
        await using var log = await HostLog.OpenAsync(directory);
        using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => Task.Run(() => KeepOnAsync(log, output, seed, partition))));
        return 0;
    }

    private static async Task KeepOnAsync(IEventLog log, Stream output, int seed, int partition)
    {
        var random = new Random(seed * 31 + partition);
        var place = new TopicPartition(HostLog.Events, partition);
        for (var i = 0; ; i++)
        {
            using var request = log.NewAppend(HostLog.Events);
            var values = Enumerable.Range(0, random.Next(1, 20)).Select(j => $"{seed}:{i}:{j}:{new string('v', random.Next(300))}").ToList();
            foreach (var value in values)
                request.AddTo(partition, "key"u8, Encoding.UTF8.GetBytes(value), 1_000);
            await log.AppendAsync(request, CancellationToken.None);
            var first = request.BaseOffset(partition);
            Print(output, values.Select((value, j) => $"{partition} {first + j} {value}"));

            var range = await log.RangeAsync(place, CancellationToken.None);
            var before = random.NextInt64(range.Start, range.End + 1);
            Print(output, [$"asked {partition} {before}"]);
            Print(output, [$"start {partition} {await log.TrimAsync(place, before, CancellationToken.None)}"]);
        }
    }

    /// <summary>One write: lines that are there are whole, but for the last one of the process.</summary>
    private static void Print(Stream output, IEnumerable<string> lines)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));
        lock (output)
            output.Write(bytes);
    }
}
