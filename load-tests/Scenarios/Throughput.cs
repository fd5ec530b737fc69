using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <param name="Settings">Of the cluster's services, as environment variables name them.</param>
internal sealed record ThroughputOptions(
    int Events, int Batch, int Connections, int Visitors, int Seed, string Results, bool Local, bool Cluster, int Partitions, IReadOnlyDictionary<string, string> Settings);

/// <summary>
/// From the first request to the moment when a count over the table gives every event; generator and, in the cluster edition, the broker run on the same cores.
/// Both editions after each other in one run can be compared.
/// </summary>
internal static class Throughput
{
    internal static async Task<int> RunAsync(ThroughputOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Results);
        if (options.Local)
        {
            var folder = Directory.CreateTempSubdirectory("tidemark-load-").FullName;
            try
            {
                await using var product = new LocalProcess(folder);
                await product.StartAsync(cancellation);
                await MeasureAsync(product, options, "throughput.md", cancellation);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        if (options.Cluster)
        {
            await using var broker = await KafkaBroker.FindAsync();
            await using var product = new ClusterProduct(broker, options.Partitions, options.Settings);
            await product.StartAsync(1, 1, 1, cancellation);
            await MeasureAsync(product, options, "throughput-cluster.md", cancellation);
        }
        return 0;
    }

    private static async Task MeasureAsync(IProduct product, ThroughputOptions options, string name, CancellationToken cancellation)
    {
        Console.WriteLine($"{product.Edition}: sending {options.Events:N0} events");
        var processes = product.Processes().Append(("generator", Environment.ProcessId)).ToArray();
        var before = processes.Select(process => ProcessFigures.Of(process.Item2)).ToArray();
        var diskBefore = product.Disk().ToDictionary(d => d.What, d => d.Bytes);
        var clock = Stopwatch.StartNew();
        await SendAsync(product, options, cancellation);
        var sent = clock.Elapsed;
        await QueryableAsync(product, options.Events, cancellation);
        var total = clock.Elapsed;
        var figures = processes.Select((process, i) => (process.Item1, ProcessFigures.Of(process.Item2).CpuSeconds - before[i].CpuSeconds, ProcessFigures.Of(process.Item2).PeakMiB)).ToList();
        var report = Report(options, product, sent, total, figures, diskBefore);
        Console.Write(report);
        var file = Path.Combine(options.Results, name);
        await File.WriteAllTextAsync(file, report, cancellation);
        Console.WriteLine($"written to {file}");
    }

    private static async Task SendAsync(IProduct product, ThroughputOptions options, CancellationToken cancellation)
    {
        var left = options.Events;
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(index => Task.Run(async () =>
        {
            var generator = new EventGenerator(options.Seed * 1000 + index, options.Visitors);
            var buffer = new byte[options.Batch * 512];
            while (true)
            {
                var rest = Interlocked.Add(ref left, -options.Batch);
                var events = Math.Min(options.Batch, rest + options.Batch);
                if (events <= 0)
                    return;
                var length = generator.Write(buffer, events, DateTimeOffset.UtcNow);
                await PostAsync(product, buffer, length, cancellation);
            }
        }, cancellation)));
    }

    private static async Task PostAsync(IProduct product, byte[] buffer, int length, CancellationToken cancellation)
    {
        while (true)
        {
            using var request = Posting.Events(product.Doors(Posting.LivePath)[0], product.Key, new ByteArrayContent(buffer, 0, length));
            using var answer = await product.Http.SendAsync(request, cancellation);
            if (answer.IsSuccessStatusCode)
                return;
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if ((int)answer.StatusCode is not (429 or 503))
                throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
            await Task.Delay(100, cancellation);
        }
    }

    private static async Task QueryableAsync(IProduct product, int events, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var count = long.Parse(await product.SqlAsync("SELECT count() FROM events", cancellation), CultureInfo.InvariantCulture);
            if (count == events)
                return;
            if (count > events || clock.Elapsed > TimeSpan.FromMinutes(3))
                throw new InvalidOperationException($"{count} events are queryable, not {events}");
            await Task.Delay(50, cancellation);
        }
    }

    private static string Report(ThroughputOptions o, IProduct product, TimeSpan sent, TimeSpan total, IReadOnlyList<(string Name, double Cpu, double Peak)> processes, Dictionary<string, long> diskBefore)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"# Throughput, {product.Edition}, {DateTime.UtcNow:yyyy-MM-dd}");
        text.AppendLine();
        Line($"{o.Events:N0} events, {o.Batch} a request, {o.Connections} requests in flight, {o.Visitors:N0} visitors, seed {o.Seed}; {Environment.ProcessorCount} cores, everything on them.");
        text.AppendLine();
        text.AppendLine("| figure | value |");
        text.AppendLine("| --- | --- |");
        Line($"| HTTP to queryable | {o.Events / total.TotalSeconds:N0} events/s ({total.TotalSeconds:F1} s) |");
        Line($"| all answered 200 (durable) after | {sent.TotalSeconds:F1} s, {o.Events / sent.TotalSeconds:N0} events/s |");
        foreach (var (name, cpu, _) in processes)
            Line($"| CPU per event, {name} | {cpu * 1e6 / o.Events:F2} us |");
        foreach (var (name, _, peak) in processes)
            Line($"| peak memory, {name} | {peak:N0} MiB |");
        foreach (var (what, bytes) in product.Disk())
            Line($"| bytes per event on disk, {what} | {(double)(bytes - diskBefore.GetValueOrDefault(what)) / o.Events:F0} |");
        return text.ToString();
    }
}
