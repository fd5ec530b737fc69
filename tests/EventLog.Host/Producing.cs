using System.Text;

namespace Tidemark.EventLog.Host;

/// <summary>Several producers append; what was acknowledged is printed, line by line, after the acknowledgement.</summary>
internal static class Producing
{
    private const int Producers = 6;

    internal static async Task<int> RunAsync(string directory, int seed)
    {
        await using var log = await HostLog.OpenAsync(directory);
        using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() => ProduceAsync(log, output, seed, producer))));
        return 0;
    }

    private static async Task ProduceAsync(IEventLog log, Stream output, int seed, int producer)
    {
        var random = new Random(seed * 31 + producer);
        var values = new List<(int Partition, string Value)>();
        for (var i = 0; ; i++)
        {
            using var request = log.NewAppend(HostLog.Events);
            values.Clear();
            for (var j = random.Next(1, 40); j > 0; j--)
            {
                var value = $"{seed}:{producer}:{i}:{j}:{new string('v', random.Next(300))}";
                values.Add((random.Next(4), value));
                request.AddTo(values[^1].Partition, "key"u8, Encoding.UTF8.GetBytes(value), random.Next());
            }
            await log.AppendAsync(request, CancellationToken.None);

            var lines = new StringBuilder();
            var next = Enumerable.Range(0, 4).Select(request.BaseOffset).ToArray();
            foreach (var (partition, value) in values)
                lines.Append(partition).Append(' ').Append(next[partition]++).Append(' ').Append(value).Append('\n');
            // One write each: a line that is there is whole, but for the last one of the process.
            var bytes = Encoding.UTF8.GetBytes(lines.ToString());
            lock (output)
                output.Write(bytes);
        }
    }
}
