using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

internal sealed record KillOptions(int Kills, int Seed, bool EngineOnly, int Fill = 0, int? LogSize = null);

/// <summary>
/// Clients that retry until they hear 200 while the process (or its engine alone) is killed at random. Afterwards every acknowledged event is counted once and
/// nothing else is there, and the sessions equal those of a batch computation over the events in the table.
/// </summary>
internal static class Kill
{
    private const int Clients = 4;
    private static readonly TimeSpan _gap = TimeSpan.FromSeconds(2);

    internal static async Task RunAsync(KillOptions options, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-kill-").FullName;
        Console.WriteLine($"seed {options.Seed}, {options.Kills} kills of {(options.EngineOnly ? "the engine" : "the process")}");
        try
        {
            await using var product = new LocalProcess(
                folder, ["--lateness", "10m", "--project-rules", "local:gap=2s,disorder=500ms", .. options.Fill > 0 ? ["--engine-memory", "4096"] : Array.Empty<string>(), .. options.LogSize is { } mebibytes ? ["--log-size", $"{mebibytes}"] : Array.Empty<string>()]);
            await product.StartAsync(cancellation);
            var acknowledged = new ConcurrentBag<int>();
            var refusals = 0;
            if (options.Fill > 0)
                await FillAsync(product, options.Fill, acknowledged, cancellation);
            var starts = new List<(TimeSpan Doors, TimeSpan Ready)>();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var clients = Enumerable.Range(0, Clients)
                .Select(index => Task.Run(() => ClientAsync(product, options.Seed, index, acknowledged, () => Interlocked.Increment(ref refusals), stop.Token), cancellation)).ToArray();
            var random = new Random(options.Seed);
            for (var kill = 1; kill <= options.Kills; kill++)
            {
                await Task.Delay(random.Next(200, options.EngineOnly ? 2500 : 1500), cancellation);
                if (options.EngineOnly)
                {
                    KillAll(product.Children());
                    Console.WriteLine($"kill {kill}: engine, {acknowledged.Count:N0} batches acknowledged so far");
                    continue;
                }
                product.Kill();
                var back = await product.StartAsync(cancellation);
                starts.Add(back);
                Console.WriteLine($"kill {kill}: doors after {back.Doors.TotalSeconds:F2} s, ready after {back.Ready.TotalSeconds:F2} s, {acknowledged.Count:N0} batches acknowledged so far");
            }
            await Task.Delay(1000, cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            if (starts.Count > 0)
                Console.WriteLine($"doors after {Spread(starts.Select(static start => start.Doors))}; ready after {Spread(starts.Select(static start => start.Ready))}; {string.Join(", ", product.Disk().Select(static d => $"{d.What} {d.Bytes >> 20:N0} MiB"))}");
            if (options.EngineOnly && refusals > 0)
                throw new InvalidOperationException($"the doors answered something else than 200 {refusals} times");
            await CheckAsync(product, acknowledged.Sum(), cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Spread(IEnumerable<TimeSpan> times) =>
        times.Order().ToArray() is var sorted ? $"{sorted[sorted.Length / 2].TotalSeconds:F2} s in the middle, {sorted[^1].TotalSeconds:F2} s at most" : "";

    private static async Task FillAsync(LocalProcess product, int events, ConcurrentBag<int> acknowledged, CancellationToken cancellation)
    {
        const int Batch = 1_000;
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, events / Batch), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation }, async (number, token) =>
        {
            var body = new StringBuilder();
            for (var i = 0; i < Batch; i++)
                body.Append(CultureInfo.InvariantCulture, $"{{\"type\":\"page\",\"anonymousId\":\"f{(number * 7919L + i) % 100_000}\",\"messageId\":\"f{number}-{i}\",\"timestamp\":\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fff}Z\"}}\n");
            while (true)
            {
                using var request = Posting.Events(product.Door(Posting.LivePath), product.Key, new StringContent(body.ToString()));
                using var answer = await product.Http.SendAsync(request, token);
                if (answer.IsSuccessStatusCode)
                    break;
                await Task.Delay(200, token);
            }
            acknowledged.Add(Batch);
        });
        Console.WriteLine($"filled with {acknowledged.Sum():N0} events in {clock.Elapsed.TotalSeconds:F0} s");
    }

    private static void KillAll(IEnumerable<int> processes)
    {
        foreach (var id in processes)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // It has ended in between.
            }
        }
    }

    private static async Task ClientAsync(LocalProcess product, int seed, int index, ConcurrentBag<int> acknowledged, Action refused, CancellationToken stop)
    {
        var random = new Random(seed * 100 + index);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var body = new StringBuilder();
            var events = random.Next(1, 20);
            for (var i = 0; i < events; i++)
                body.Append(CultureInfo.InvariantCulture, $"{{\"type\":\"track\",\"event\":\"step\",\"anonymousId\":\"v{random.Next(200)}\",\"messageId\":\"{index}-{number}-{i}\",\"timestamp\":\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fff}Z\"}}\n");
            while (true)
            {
                try
                {
                    using var request = Posting.Events(product.Door(Posting.LivePath), product.Key, new StringContent(body.ToString()));
                    using var answer = await product.Http.SendAsync(request, CancellationToken.None);
                    if (answer.IsSuccessStatusCode)
                        break;
                    refused();
                }
                catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
                {
                    refused();
                }
                await Task.Delay(50, CancellationToken.None);
            }
            acknowledged.Add(events);
            await Task.Delay(random.Next(1, 15), CancellationToken.None);
        }
    }

    private static async Task CheckAsync(LocalProcess product, int expected, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        string stored = "", sessions = "", different = "";
        while (clock.Elapsed < TimeSpan.FromMinutes(4))
        {
            try
            {
                stored = await product.SqlAsync("SELECT (SELECT count() FROM events) + (SELECT count() FROM late_events)", cancellation);
                sessions = await product.SqlAsync("SELECT sum(events) - (SELECT count() FROM events) FROM sessions", cancellation);
                different = await product.SqlAsync(SessionOracle.Different(TimeSpan.FromMinutes(30), ("local", _gap)), cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException or InvalidOperationException)
            {
                different = e.Message;
            }
            if (stored == expected.ToString(CultureInfo.InvariantCulture) && sessions == "0" && different == "0")
            {
                Console.WriteLine($"{expected:N0} events acknowledged, each counted once; sessions equal the oracle's");
                return;
            }
            await Task.Delay(500, cancellation);
        }
        throw new ScenarioFailedException(
            $"acknowledged {expected}, stored {stored}; events in sessions less events {sessions}; sessions that differ {different}; events and distinct ids "
            + await product.SqlAsync("SELECT count(), uniqExact(event_id) FROM events", cancellation));
    }
}
