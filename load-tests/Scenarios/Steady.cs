using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

internal sealed record SteadyOptions(TimeSpan Duration, int Rate, TimeSpan RestartEvery, bool Kill, int Seed, int Partitions, string? Results, IReadOnlyDictionary<string, string> Settings);

/// <summary>
/// A live stream at a steady rate through all doors at once, two instances of each service, one of each restarted again and again. Afterwards what was accepted must be
/// what is stored, late, duplicate or refused, the sessions equal a batch computation, and nobody heard anything but 200 and 503 with Retry-After.
/// </summary>
internal static class Steady
{
    private static readonly TimeSpan _gap = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);
    /// <summary>Acknowledged events of a stream after which every partition has a clock, so that an old event is late.</summary>
    private const int EnoughBeforeLate = 200;

    private static readonly TimeSpan _beforeLate = TimeSpan.FromSeconds(5);

    internal static async Task RunAsync(SteadyOptions options, CancellationToken cancellation)
    {
        await using var broker = await KafkaBroker.FindAsync();
        await using var product = new ClusterProduct(broker, options.Partitions, new Dictionary<string, string>(options.Settings)
        {
            ["Sessionizer__Gap"] = "5s",
            ["Sessionizer__Disorder"] = "1s",
            ["Sessionizer__Lateness"] = "5m",
        });
        await product.StartAsync(2, 2, 2, cancellation);
        Console.WriteLine($"{options.Rate:N0} events/s for {options.Duration.TotalSeconds:N0} s through HTTP and Kafka, an instance of each service {(options.Kill ? "killed" : "restarted")} every {options.RestartEvery.TotalSeconds:N0} s; seed {options.Seed}");

        var sent = new SentEvents(options.Seed, visitors: 2_000, lateBy: TimeSpan.FromMinutes(20), product.Key);
        var http = Enumerable.Range(0, 3).Select(i => new HttpSender(product, i)).ToArray();
        using var kafka = new KafkaSender(broker.Bootstrap, product.Prefix + "events.intake");
        LatencyProbe[] probes = [new(product, "http", http[2].SendAsync), new(product, "kafka", kafka.SendAsync)];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(options.Duration);
        var streams = new List<Task>
        {
            StreamAsync("http-a", options.Rate / 4, sent, http[0].SendAsync, stop.Token),
            StreamAsync("http-b", options.Rate / 4, sent, http[1].SendAsync, stop.Token),
            StreamAsync("kafka", options.Rate / 2, sent, kafka.SendAsync, stop.Token),
        };
        streams.AddRange(probes.Select(probe => probe.RunAsync(stop.Token)));
        streams.Add(RestartAsync(product, options, stop.Token));
        await product.WhileAllRunAsync(Task.WhenAll(streams));

        var failures = http.SelectMany(sender => sender.Wrong).Select(wrong => $"an answer was {wrong}").ToList();
        if (!options.Kill)
            failures.AddRange(http.SelectMany(sender => sender.Unanswered).Select(cut => $"a collector that stopped in order left a request without an answer: {cut}"));
        var balance = await Balance.WaitAsync(product, sent, probes.Sum(probe => probe.Sent), _gap, failures, cancellation);
        var report = Report(options, sent, http, probes, balance, failures);
        Console.Write(report);
        if (options.Results is { } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "steady.md"), report, cancellation);
        }
        if (failures.Count > 0)
            throw new ScenarioFailedException(string.Join('\n', [.. failures, .. product.Services.Select(service => service.Process.LastWords)]));
    }

    private static async Task StreamAsync(string name, int rate, SentEvents sent, Func<IReadOnlyList<SentEvent>, Task<long>> send, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        // An event sent again goes into another batch than the first: copies within one batch are the easy case.
        SentEvent? earlier = null;
        for (long done = 0; !stop.IsCancellationRequested;)
        {
            var due = (long)(clock.Elapsed.TotalSeconds * rate) - done;
            var batch = new List<SentEvent>();
            for (; due > 0 && batch.Count < 500; due--)
                batch.Add(sent.Next(name, earlier, clock.Elapsed > _beforeLate && done >= EnoughBeforeLate));
            earlier = batch.FindLast(static e => !e.IsLate && !e.IsBad) ?? earlier;
            if (batch.Count > 0)
                await send(batch);
            foreach (var e in batch)
                sent.Acknowledge(e);
            done += batch.Count;
            await Task.Delay(_tick, CancellationToken.None);
        }
    }

    private static async Task RestartAsync(ClusterProduct product, SteadyOptions options, CancellationToken stop)
    {
        for (var round = 0; ; round++)
        {
            await Task.Delay(options.RestartEvery, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
            if (stop.IsCancellationRequested)
                return;
            foreach (var service in (IReadOnlyList<ServiceInstance>[])[product.Collectors, product.Sessionizers, product.Aggregators])
            {
                var process = service[round % service.Count].Process;
                var stopped = "killed";
                if (options.Kill)
                    process.Kill();
                else
                    stopped = $"stopped in {(await process.TerminateAsync(TimeSpan.FromSeconds(30))).TotalSeconds:F1} s";
                var ready = await process.StartReadyAsync(CancellationToken.None);
                Console.WriteLine($"{process.Name}: {stopped}, ready after {ready.TotalSeconds:F1} s");
            }
        }
    }

    private static string Report(SteadyOptions o, SentEvents sent, HttpSender[] http, LatencyProbe[] probes, Balance balance, List<string> failures)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"# Live stream, cluster edition, {DateTime.UtcNow:yyyy-MM-dd}");
        text.AppendLine();
        Line($"{o.Rate:N0} events/s for {o.Duration.TotalSeconds:N0} s, half by HTTP and half by Kafka, {o.Partitions} partitions, two instances of each service, one of each {(o.Kill ? "killed" : "restarted")} every {o.RestartEvery.TotalSeconds:N0} s, seed {o.Seed}; {Environment.ProcessorCount} cores, everything on them.");
        text.AppendLine();
        text.AppendLine("| figure | value |");
        text.AppendLine("| --- | --- |");
        Line($"| acknowledged messages, probes and copies included | {sent.Acknowledged + probes.Sum(p => p.Sent):N0} |");
        Line($"| in the log's `events` | {balance.Accepted:N0} |");
        Line($"| = stored + duplicate + late | {balance.Stored:N0} + {balance.Duplicates:N0} + {balance.Late:N0} |");
        Line($"| refused, each with its code | {balance.Rejected:N0} |");
        Line($"| sessions that differ from the batch computation | {balance.DifferentSessions} of {balance.Sessions:N0} |");
        Line($"| answers 503 with Retry-After | {http.Sum(h => h.Postponed):N0} |");
        Line($"| connections refused while a collector was down, sent again | {http.Sum(h => h.Refused):N0} |");
        Line($"| requests sent and left without an answer, sent again | {http.Sum(h => h.Unanswered.Count):N0} |");
        foreach (var probe in probes)
            Line($"| 200 to queryable, {probe.Door} | p50 {probe.Quantile(0.5):F2} s, p99 {probe.Quantile(0.99):F2} s, most {probe.Quantile(1):F2} s ({probe.Seconds.Count} probes) |");
        text.AppendLine();
        text.AppendLine(failures.Count == 0 ? "Everything adds up." : "FAILED:\n" + string.Join("\n", failures.Take(20).Select(f => "- " + f)));
        return text.ToString();
    }
}
