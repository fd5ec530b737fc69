using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Stop;

/// <summary>All services are restarted one after the other while events come in, behind a load balancer that asks who is ready.</summary>
[Collection(nameof(Brokers))]
public sealed class RollingRestartTests(Brokers brokers)
{
    private const int Senders = 6;
    private const int EventsPerRequest = 10;
    private static readonly TimeSpan _stopTime = TimeSpan.FromMinutes(1);

    /// <summary>Longer than the balancer takes to notice.</summary>
    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(1);

    [SkippableFact]
    public async Task Every_request_is_answered_200_or_503_and_nothing_is_lost()
    {
        await using var cluster = Clusters.New(brokers.Broker, ("Shutdown:Delay", $"{_delay.TotalSeconds}s"));
        await cluster.StartAsync(2, 2, 2, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var ready = new ConcurrentDictionary<ServiceInstance, Word>();
        var balancing = Task.WhenAll(cluster.Collectors.Select(c => WatchAsync(c, ready, stop.Token)));
        var senders = Enumerable.Range(0, Senders).Select(n => SendAsync(cluster, n, ready, stop.Token)).ToList();

        foreach (var service in cluster.Services.ToList())
        {
            await Task.Delay(500);
            await service.Process.TerminateAsync(_stopTime);
            Assert.True(service.Process.Status == 0, service.Process.Said);
            await service.Process.StartReadyAsync(CancellationToken.None);
        }
        await stop.CancelAsync();
        await balancing;
        var sent = await Task.WhenAll(senders);

        Assert.All(sent.SelectMany(s => s.Wrong), answer => Assert.Fail($"{answer.Status} {answer.Text}"));
        var accepted = sent.Sum(s => s.Accepted);
        Assert.True(accepted > 1000, $"{accepted} events only");
        await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{accepted}\t{accepted}");
        await cluster.EventuallyAsync("SELECT sum(events) FROM sessions", accepted.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What a load balancer does.</summary>
    private static async Task WatchAsync(ServiceInstance collector, ConcurrentDictionary<ServiceInstance, Word> ready, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var asked = Stopwatch.GetTimestamp();
            ready[collector] = new Word(collector.Process.IsRunning && (await Doors.HealthAsync(collector, "ready")).Status == 200, asked);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Sends until told to stop; what is not accepted is sent again under the same ids.</summary>
    private static async Task<(long Accepted, List<DoorAnswer> Wrong)> SendAsync(
        ClusterProduct cluster, int sender, ConcurrentDictionary<ServiceInstance, Word> ready, CancellationToken stop)
    {
        var wrong = new List<DoorAnswer>();
        long accepted = 0;
        for (var request = 0; !stop.IsCancellationRequested; request++)
        {
            var body = Body(sender, request);
            DoorAnswer answer;
            do
            {
                var (collector, asked) = await ChooseAsync(ready, sender + request);
                answer = await Doors.PostAsync(collector, cluster.Key, body);
                // On a busy machine a request may come to a door so long after the balancer asked that no delay could have helped it.
                if (!answer.IsAllowed && !(answer.IsRefused && Stopwatch.GetElapsedTime(asked) > _delay))
                    wrong.Add(answer);
                if (answer.Status != 200)
                    await Task.Delay(answer.RetryAfter ?? TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
            while (answer.Status != 200);
            accepted += EventsPerRequest;
            await Task.Delay(20, CancellationToken.None);
        }
        return (accepted, wrong);
    }

    private static async Task<(ServiceInstance Collector, long AskedAt)> ChooseAsync(ConcurrentDictionary<ServiceInstance, Word> ready, int turn)
    {
        while (true)
        {
            var choice = ready.Where(r => r.Value.IsReady).OrderBy(r => r.Key.Port).ToList();
            if (choice.Count > 0)
                return (choice[turn % choice.Count].Key, choice[turn % choice.Count].Value.AskedAt);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static string Body(int sender, int request) => "[" + string.Join(',', Enumerable.Range(0, EventsPerRequest).Select(i =>
        $$"""{"type":"track","event":"x","anonymousId":"s{{sender}}-{{i}}","messageId":"{{sender}}-{{request}}-{{i}}"}""")) + "]";

    /// <summary>What the balancer knows of a collector, and since when.</summary>
    private sealed record Word(bool IsReady, long AskedAt);
}
