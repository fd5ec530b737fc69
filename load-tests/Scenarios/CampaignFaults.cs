using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>
/// Does the faults to a cluster and heals each. ClickHouse, which is the embedded engine behind its HTTP interface, is down (engine and command killed), cut (connections are refused), slow,
/// silent (requests arrive, answers never do), refusing (started anew with another password for the aggregators) or read-only (its tables refuse every insert as on a full disk).
/// </summary>
internal sealed class CampaignFaults(ClusterProduct product, Toxiproxy link, CommittedReader reader, CampaignTraffic traffic, CampaignOptions options)
{
    private static readonly TimeSpan _stopTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _longestHandOver = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(700);

    /// <summary>A second, and the link carries this much.</summary>
    private const int NarrowKilobytes = 20;

    /// <summary>By kind of fault: from a kill or pause of a sessionizer until every partition has committed again.</summary>
    internal List<(string Kind, TimeSpan Took)> HandOvers { get; } = [];

    internal async Task DoAsync(CampaignStep step, CancellationToken cancellation)
    {
        switch (step.Kind.Split('-', 2))
        {
            case ["kill", "broker"]:
                await product.Broker.KillAsync(NodeOf(step));
                await Task.Delay(step.Hold, cancellation);
                await product.Broker.StartAgainAsync();
                break;
            case ["pause", "broker"]:
                await product.Broker.PauseAsync(NodeOf(step));
                await PausedAsync(step, cancellation);
                await product.Broker.ResumeAsync(NodeOf(step));
                break;
            case ["kill", var service]:
                await KillAsync(step, service, cancellation);
                break;
            case ["pause", var service]:
                await PauseAsync(step, service, cancellation);
                break;
            case ["rebalance", var service]:
                await RebalanceAsync(step, InstancesOf(service), cancellation);
                break;
            case ["clickhouse", var how]:
                await FailClickHouseAsync(step, how, cancellation);
                break;
            case ["silence"]:
                traffic.Silent = true;
                await Task.Delay(step.Hold, cancellation);
                traffic.Silent = false;
                break;
            default:
                throw new ArgumentException($"no kind of fault: {step.Kind}");
        }
    }

    private async Task KillAsync(CampaignStep step, string service, CancellationToken cancellation)
    {
        var process = (await VictimAsync(service, step, cancellation)).Process;
        process.Kill();
        var at = DateTime.UtcNow;
        if (step.AtOnce)
            process.Start();
        if (service == "sessionizer")
            await HandOverAsync(step.AtOnce ? $"{step}, started again at once" : $"{step}, started again when others have its partitions", at, cancellation);
        else if (!step.AtOnce)
            await Task.Delay(step.Hold, cancellation);
        if (!step.AtOnce)
            process.Start();
    }

    private async Task PauseAsync(CampaignStep step, string service, CancellationToken cancellation)
    {
        var process = (await VictimAsync(service, step, cancellation)).Process;
        process.Signal("STOP");
        // What it had begun to commit is older than this.
        var at = DateTime.UtcNow;
        try
        {
            var handOver = service == "sessionizer" ? HandOverAsync(step.Kind, at, cancellation) : Task.CompletedTask;
            await PausedAsync(step, cancellation);
            await handOver;
        }
        finally
        {
            process.Signal("CONT");
        }
    }

    private async Task PausedAsync(CampaignStep step, CancellationToken cancellation)
    {
        await Task.Delay(options.Pause / 2, cancellation);
        if (step.Meanwhile is { } other)
        {
            var process = Running(other.Kind["kill-".Length..], other).Process;
            process.Kill();
            process.Start();
        }
        await Task.Delay(options.Pause / 2, cancellation);
    }

    private async Task HandOverAsync(string kind, DateTime since, CancellationToken cancellation)
    {
        var took = await reader.ProgressAsync(since, _longestHandOver, cancellation);
        if (took == _longestHandOver)
            throw new ScenarioFailedException($"{kind}: not every partition committed within {_longestHandOver.TotalSeconds} s");
        HandOvers.Add((kind, took));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  every partition committed again after {took.TotalSeconds:F1} s"));
    }

    /// <summary>One instance, three, one again; the last one was not the first. Then as many as before.</summary>
    private static async Task RebalanceAsync(CampaignStep step, IReadOnlyList<ServiceInstance> all, CancellationToken cancellation)
    {
        var running = all.Where(static instance => instance.Process.IsRunning).ToList();
        foreach (var leaving in running.Skip(1))
            await leaving.Process.TerminateAsync(_stopTime);
        await Task.Delay(step.Hold, cancellation);
        await StartAsync(all, CampaignOptions.MostInstances, cancellation);
        await Task.Delay(step.Hold, cancellation);
        foreach (var leaving in all.Where(instance => instance != all[step.Victim % all.Count]))
            await leaving.Process.TerminateAsync(_stopTime);
        await Task.Delay(step.Hold, cancellation);
        await StartAsync(all, CampaignOptions.Instances, cancellation);
    }

    private static async Task StartAsync(IReadOnlyList<ServiceInstance> all, int count, CancellationToken cancellation)
    {
        var starting = all.Where(static instance => !instance.Process.IsRunning).Take(count - all.Count(static instance => instance.Process.IsRunning)).ToList();
        foreach (var instance in starting)
            instance.Process.Start();
        foreach (var instance in starting)
            await instance.Process.ReadyAsync(ChildProcess.Patience, cancellation);
    }

    private async Task FailClickHouseAsync(CampaignStep step, string how, CancellationToken cancellation)
    {
        switch (how)
        {
            case "down":
                product.KillEngine();
                break;
            case "cut":
                await link.CutAsync(true);
                break;
            case "slow":
                await link.SlowAsync(_latency);
                await link.NarrowAsync(NarrowKilobytes);
                break;
            case "silent":
                await link.LoseAnswersAsync();
                break;
            case "refusing":
                await product.RestartEngineAsync(knownPassword: false, cancellation);
                break;
            case "read-only":
                await product.RefuseInsertsAsync(true, cancellation);
                break;
            default:
                throw new ArgumentException($"no kind of fault: {step.Kind}");
        }
        await (how is "cut" or "refusing" or "read-only" ? NothingIsLoadedAsync(step, cancellation) : Task.Delay(step.Hold, cancellation));
        switch (how)
        {
            case "down":
                await product.Engine.StartReadyAsync(cancellation);
                break;
            case "refusing":
                await product.RestartEngineAsync(knownPassword: true, cancellation);
                break;
            case "read-only":
                await product.RefuseInsertsAsync(false, cancellation);
                break;
            default:
                await link.HealAsync();
                break;
        }
    }

    /// <summary>A fault that lets inserts pass would prove nothing.</summary>
    private async Task NothingIsLoadedAsync(CampaignStep step, CancellationToken cancellation)
    {
        const string Rows = "SELECT (SELECT count() FROM events), (SELECT count() FROM session_rows)";
        // An insert that was let in before may still be on its way.
        await Task.Delay(step.Hold / 2, cancellation);
        var half = await product.SqlAsync(Rows, cancellation);
        await Task.Delay(step.Hold / 2, cancellation);
        if (await product.SqlAsync(Rows, cancellation) is var now && now != half)
            throw new ScenarioFailedException($"{step} did not keep rows from being loaded: {half}, then {now}");
    }

    private int NodeOf(CampaignStep step) => 1 + step.Victim % product.Broker.Nodes;

    private IReadOnlyList<ServiceInstance> InstancesOf(string service) =>
        service switch { "collector" => product.Collectors, "sessionizer" => product.Sessionizers, _ => product.Aggregators };

    /// <summary>Of the sessionizers the one that has most of the live lane: the group may give all of it to one member and the history to another.</summary>
    private async Task<ServiceInstance> VictimAsync(string service, CampaignStep step, CancellationToken cancellation)
    {
        if (service != "sessionizer")
            return Running(service, step);
        var owners = new List<(ServiceInstance Instance, int Owned)>();
        foreach (var instance in product.Sessionizers.Where(static instance => instance.Process.IsRunning))
            owners.Add((instance, (await product.Http.GetStringAsync(instance.Door("/metrics"), cancellation)).Split('\n').Count(IsLivePartition)));
        Console.WriteLine($"  partitions of the live lane: {string.Join(", ", owners.Select(static owner => $"{owner.Instance.Process.Name} {owner.Owned}"))}");
        return owners.MaxBy(static owner => owner.Owned).Instance;

        static bool IsLivePartition(string line) =>
            line.StartsWith("tidemark_sessionizer_lag{", StringComparison.Ordinal) && line.Contains("topic=\"events\"", StringComparison.Ordinal);
    }

    private ServiceInstance Running(string service, CampaignStep step)
    {
        var running = InstancesOf(service).Where(static instance => instance.Process.IsRunning).ToList();
        return running[step.Victim % running.Count];
    }
}
