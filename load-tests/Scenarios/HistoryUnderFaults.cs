using System.Diagnostics;
using System.Globalization;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <param name="Kills">How often each service and the broker is killed with -9.</param>
/// <param name="Link">True: instead of kills the link between aggregator and ClickHouse is slowed, made to lose answers, and cut.</param>
internal sealed record HistoryFaultOptions(IHistory History, int Kills, int Seed, int Partitions, bool Link);

/// <summary>
/// A public data set on its way through the three services while they and the broker are killed and instances come and go, or while the link to ClickHouse fails in every
/// way a link can. The sessions must be the expected ones.
/// </summary>
internal static class HistoryUnderFaults
{
    internal static async Task RunAsync(HistoryFaultOptions options, CancellationToken cancellation)
    {
        var history = options.History;
        Console.WriteLine($"{history.Name}: {history.Events:N0} events, {(options.Link ? "faults on the link to ClickHouse" : $"{options.Kills} kills of each service and the broker")}, seed {options.Seed}");
        await using var broker = await KafkaBroker.StartOwnAsync();
        // On a lossy link a lost answer is to be given up soon; elsewhere a busy machine may take its time for one.
        var settings = options.Link ? new Dictionary<string, string> { ["Aggregator__RequestTimeout"] = "6s" } : [];
        await using var product = new ClusterProduct(broker, options.Partitions, settings);
        await using var link = options.Link ? await Toxiproxy.StartAsync(product.SqlPort, cancellation) : null;
        product.SqlThrough = link?.Port ?? product.SqlPort;
        await product.StartAsync(1, 1, 1, cancellation);
        await product.WhileAllRunAsync(RunAsync(product, link, options, cancellation));
    }

    private static async Task RunAsync(ClusterProduct product, Toxiproxy? link, HistoryFaultOptions options, CancellationToken cancellation)
    {
        var sending = SendAsync(options.History, product, cancellation);
        await (link is null ? KillAsync(product, options, sending) : FailAsync(link, sending));
        await sending;
        await CheckAsync(product, options.History, cancellation);
    }

    private static async Task SendAsync(IHistory history, ClusterProduct product, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await history.SendAsync(product, cancellation);
        Console.WriteLine($"all sent after {clock.Elapsed.TotalSeconds:F1} s");
    }

    /// <summary>Every kind of process as often as asked, in an order of the seed; on the way the instances of each service go from one to two and back.</summary>
    private static async Task KillAsync(ClusterProduct product, HistoryFaultOptions options, Task sending)
    {
        var random = new Random(options.Seed);
        var victims = Enumerable.Repeat((string[])["collector", "sessionizer", "aggregator", "broker"], options.Kills).SelectMany(kinds => kinds).ToArray();
        random.Shuffle(victims);
        for (var i = 0; i < victims.Length; i++)
        {
            if (i == victims.Length / 3)
                await JoinAsync(product.AddCollector(), product.AddSessionizer(), product.AddAggregator());
            if (i == victims.Length * 2 / 3)
            {
                foreach (var first in (ServiceInstance[])[product.Collectors[0], product.Sessionizers[0], product.Aggregators[0]])
                    await first.Process.TerminateAsync(TimeSpan.FromSeconds(30));
                Console.WriteLine($"the first instance of each service left{(sending.IsCompleted ? " (after the last event)" : "")}");
            }
            await Task.Delay(random.Next(300, 1500));
            await KillAsync(product, victims[i], random);
            Console.WriteLine($"killed: {victims[i]}{(sending.IsCompleted ? " (after the last event)" : "")}");
        }
    }

    private static async Task JoinAsync(params ServiceInstance[] joining)
    {
        foreach (var service in joining)
            service.Process.Start();
        foreach (var service in joining)
            await service.Process.ReadyAsync(ChildProcess.Patience, CancellationToken.None);
        Console.WriteLine("a second instance of each service joined");
    }

    private static async Task KillAsync(ClusterProduct product, string victim, Random random)
    {
        if (victim == "broker")
        {
            await product.Broker.KillAsync();
            await Task.Delay(random.Next(0, 2000));
            await product.Broker.StartAgainAsync();
            return;
        }
        var running = (victim switch { "collector" => product.Collectors, "sessionizer" => product.Sessionizers, _ => product.Aggregators })
            .Where(service => service.Process.IsRunning).ToArray();
        var process = running[random.Next(running.Length)].Process;
        process.Kill();
        process.Start();
    }

    private static async Task FailAsync(Toxiproxy link, Task sending)
    {
        while (!sending.IsCompleted)
        {
            await link.SlowAsync(TimeSpan.FromMilliseconds(300));
            await Task.Delay(4000);
            await link.LoseAnswersAsync();
            await Task.Delay(8000);
            await link.HealAsync();
            await Task.Delay(1000);
            await link.CutAsync(true);
            await Task.Delay(3000);
            await link.CutAsync(false);
            Console.WriteLine("the link was slow, lost answers, was cut, and is whole again");
            await Task.Delay(1000);
        }
        await link.HealAsync();
    }

    private static async Task CheckAsync(ClusterProduct product, IHistory history, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        string events, hash;
        int sessions;
        do
        {
            await Task.Delay(500, cancellation);
            events = await product.SqlAsync("SELECT count(), uniqExact(event_id) FROM events", cancellation);
            var rows = (await product.SqlAsync(SessionSet.Query, cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            (hash, sessions) = (history.HashOf(rows), rows.Length);
        }
        while ((hash != history.SessionsHash || events != Expected(history)) && clock.Elapsed < TimeSpan.FromSeconds(240));
        if (hash == history.SessionsHash && events == Expected(history))
        {
            Console.WriteLine($"{history.Events:N0} events, each once; {sessions:N0} sessions, the expected ones, {clock.Elapsed.TotalSeconds:F1} s after the last fault");
            return;
        }
        throw new ScenarioFailedException(string.Join('\n',
            [
                $"{events} events of {history.Events}, {sessions} sessions of {history.Sessions}, hash {hash}; what everybody said and measured lies in {await product.KeepWordsAsync(cancellation)}",
                .. product.Services.Select(service => service.Process.LastWords),
            ]));
    }

    private static string Expected(IHistory history) => string.Create(CultureInfo.InvariantCulture, $"{history.Events}\t{history.Events}");
}
