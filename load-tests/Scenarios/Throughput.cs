using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

internal sealed record ThroughputOptions(int Events, int Batch, int Connections, int Visitors, int Seed, string Results);

/// <summary>From the first request to the moment when a count over the table gives every event; the generator runs on the same cores.</summary>
internal static class Throughput
{
    internal static async Task<int> RunAsync(ThroughputOptions options, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-load-").FullName;
        try
        {
            await using var product = new LocalProcess(folder);
            var started = await product.StartAsync(cancellation);
            Console.WriteLine($"started in {started.TotalSeconds:F1} s; sending {options.Events:N0} events");
            var engine = product.Children().Single();
            var before = (Host: ProcessFigures.Of(product.Id), Engine: ProcessFigures.Of(engine), Own: ProcessFigures.Of(Environment.ProcessId));
            var clock = Stopwatch.StartNew();
            await SendAsync(product, options, cancellation);
            var sent = clock.Elapsed;
            await QueryableAsync(product, options.Events, cancellation);
            var total = clock.Elapsed;
            var after = (Host: ProcessFigures.Of(product.Id), Engine: ProcessFigures.Of(engine), Own: ProcessFigures.Of(Environment.ProcessId));
            var report = Report(options, product, sent, total, before, after);
            Console.Write(report);
            Directory.CreateDirectory(options.Results);
            var file = Path.Combine(options.Results, "throughput.md");
            await File.WriteAllTextAsync(file, report, cancellation);
            Console.WriteLine($"written to {file}");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SendAsync(LocalProcess product, ThroughputOptions options, CancellationToken cancellation)
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

    private static async Task PostAsync(LocalProcess product, byte[] buffer, int length, CancellationToken cancellation)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, product.Door("/v1/events"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "bG9jYWw6");
            request.Content = new ByteArrayContent(buffer, 0, length);
            using var answer = await product.Http.SendAsync(request, cancellation);
            if (answer.IsSuccessStatusCode)
                return;
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if ((int)answer.StatusCode is not (429 or 503))
                throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
            await Task.Delay(100, cancellation);
        }
    }

    private static async Task QueryableAsync(LocalProcess product, int events, CancellationToken cancellation)
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

    private static string Report(ThroughputOptions o, LocalProcess product, TimeSpan sent, TimeSpan total,
        (ProcessFigures Host, ProcessFigures Engine, ProcessFigures Own) before, (ProcessFigures Host, ProcessFigures Engine, ProcessFigures Own) after)
    {
        var text = new StringBuilder();
        double PerEvent(double seconds) => seconds * 1e6 / o.Events;
        text.AppendLine(CultureInfo.InvariantCulture, $"# Throughput, local edition, {DateTime.UtcNow:yyyy-MM-dd}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{o.Events:N0} events, {o.Batch} a request, {o.Connections} requests in flight, {o.Visitors:N0} visitors, seed {o.Seed}; {Environment.ProcessorCount} cores, everything on them.");
        text.AppendLine();
        text.AppendLine("| figure | value |");
        text.AppendLine("| --- | --- |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| HTTP to queryable | {o.Events / total.TotalSeconds:N0} events/s ({total.TotalSeconds:F1} s) |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| all answered 200 (durable) after | {sent.TotalSeconds:F1} s, {o.Events / sent.TotalSeconds:N0} events/s |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| CPU per event, services | {PerEvent(after.Host.CpuSeconds - before.Host.CpuSeconds):F2} us |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| CPU per event, engine | {PerEvent(after.Engine.CpuSeconds - before.Engine.CpuSeconds):F2} us |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| CPU per event, generator | {PerEvent(after.Own.CpuSeconds - before.Own.CpuSeconds):F2} us |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| peak memory, services | {after.Host.PeakMiB:N0} MiB |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| peak memory, engine | {after.Engine.PeakMiB:N0} MiB |");
        foreach (var sub in Directory.GetDirectories(product.Folder).Order())
            text.AppendLine(CultureInfo.InvariantCulture, $"| bytes per event on disk, {Path.GetFileName(sub)} | {(double)ProcessFigures.FolderBytes(sub) / o.Events:F0} |");
        return text.ToString();
    }
}
