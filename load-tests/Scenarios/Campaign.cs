using System.Diagnostics;
using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>
/// The cluster edition with sessions that close after seconds, while its services, the broker and ClickHouse are killed, paused, rebalanced and made to refuse, one fault after the other. A reader of
/// committed data checks the session rows as they come; at the end nothing may be missing and nothing there twice.
/// </summary>
internal static class Campaign
{
    private static readonly TimeSpan _readyWithin = TimeSpan.FromMinutes(2);

    /// <summary>Returns 0; 130 when it was told to stop.</summary>
    /// <exception cref="ScenarioFailedException">Something was wrong; the seed, and the folder with what everybody said, are in the message.</exception>
    internal static async Task<int> RunAsync(CampaignOptions options, CancellationToken cancellation)
    {
        try
        {
            await using var broker = await KafkaBroker.StartOwnAsync(options.Brokers);
            await using var product = new ClusterProduct(broker, options.Partitions, options.Settings);
            await using var link = await Toxiproxy.StartAsync(product.SqlPort, cancellation);
            product.SqlThrough = link.Port;
            try
            {
                await RunAsync(product, link, options, cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new ScenarioFailedException($"seed {options.Seed}: {e.Message}\nwhat everybody said lies in {await product.KeepWordsAsync(CancellationToken.None)}");
            }
            return 0;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // Services that hear the same Ctrl-C end by themselves; whatever is said of that is no finding.
            Console.WriteLine("stopped");
            return 130;
        }
    }

    private static async Task RunAsync(ClusterProduct product, Toxiproxy link, CampaignOptions options, CancellationToken cancellation)
    {
        await product.StartAsync(CampaignOptions.Instances, CampaignOptions.Instances, CampaignOptions.Instances, cancellation);
        for (var i = CampaignOptions.Instances; i < CampaignOptions.MostInstances; i++)
            _ = (product.AddCollector(), product.AddSessionizer(), product.AddAggregator());
        Console.WriteLine($"{options.Rate} events/s, {options.Brokers} broker(s), {CampaignOptions.Instances} instances of each service, seed {options.Seed}");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reader = new CommittedReader(product, CampaignOptions.Gap);
        var traffic = new CampaignTraffic(product, options);
        var faults = new CampaignFaults(product, link, reader, traffic, options);
        var check = new CampaignCheck(product, traffic, reader);
        var report = new CampaignReport(options);
        var reading = reader.RunAsync(over.Token);
        try
        {
            await product.WhileAllRunAsync(BothAsync(WorkAsync()));
        }
        finally
        {
            await over.CancelAsync();
            await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        await report.WriteAsync(traffic, reader, faults, check);

        // The reader ends before the work only by what it found, or by a cancellation, of which the work tells.
        async Task BothAsync(Task work)
        {
            await await Task.WhenAny(reading, work);
            await work;
        }

        async Task WorkAsync()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
            var sending = traffic.RunAsync(stop.Token, over.Token);
            await FaultsAsync(product, faults, report, options, over.Token);
            await stop.CancelAsync();
            await sending;
            report.Consistent = await check.WaitAsync(over.Token);
        }
    }

    private static async Task FaultsAsync(ClusterProduct product, CampaignFaults faults, CampaignReport report, CampaignOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        foreach (var round in CampaignPlan.Rounds(options))
        {
            Console.WriteLine($"plan: {string.Join(", ", round)}");
            foreach (var step in round)
            {
                if (clock.Elapsed > options.Duration)
                    return;
                await Task.Delay(step.Before, cancellation);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F1} s: {step}"));
                var began = clock.Elapsed;
                await faults.DoAsync(step, cancellation);
                var healed = clock.Elapsed;
                await ReadyAsync(product, step, cancellation);
                report.Add(step, healed - began, clock.Elapsed - healed);
            }
            if (options.Duration is null)
                return;
        }
    }

    private static async Task ReadyAsync(ClusterProduct product, CampaignStep step, CancellationToken cancellation)
    {
        foreach (var process in product.Services.Select(static service => service.Process).Where(static process => process.IsRunning))
        {
            try
            {
                await process.ReadyAsync(_readyWithin, cancellation);
            }
            catch (InvalidOperationException)
            {
                throw new ScenarioFailedException($"{process.Name} is not ready {_readyWithin.TotalSeconds} s after {step} was healed");
            }
        }
    }
}
