using System.Collections.Concurrent;
using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Stop;

/// <summary>All services are restarted one after the other while events come in, behind a load balancer that asks who is ready.</summary>
[Collection(nameof(Brokers))]
public sealed class RollingRestartTests(Brokers brokers)
{
    private const int Senders = 6;
    private const int EventsPerRequest = 10;
    private static readonly TimeSpan _stopTime = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Every_request_is_answered_200_or_503_and_nothing_is_lost()
    {
        // Longer than the balancer takes to notice.
        await using var cluster = Clusters.New(brokers.Broker, ("Shutdown:Delay", "1s"));
        await cluster.StartAsync(2, 2, 2, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var ready = new ConcurrentDictionary<ServiceInstance, bool>(cluster.Collectors.Select(c => KeyValuePair.Create(c, true)));
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

        Assert.All(sent.SelectMany(s => s.Answers), answer => Assert.True(answer.IsAllowed, $"{answer.Status} {answer.Text}"));
        var accepted = sent.Sum(s => s.Accepted);
        Assert.True(accepted > 1000, $"{accepted} events only");
        await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{accepted}\t{accepted}", seconds: 90);
        await cluster.EventuallyAsync("SELECT sum(events) FROM sessions", accepted.ToString(CultureInfo.InvariantCulture), seconds: 90);
    }

    /// <summary>What a load balancer does.</summary>
    private static async Task WatchAsync(ServiceInstance collector, ConcurrentDictionary<ServiceInstance, bool> ready, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ready[collector] = collector.Process.IsRunning && (await Doors.HealthAsync(collector, "ready")).Status == 200;
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Sends until told to stop; what is not accepted is sent again under the same ids.</summary>
    private static async Task<(long Accepted, List<DoorAnswer> Answers)> SendAsync(
        ClusterProduct cluster, int sender, ConcurrentDictionary<ServiceInstance, bool> ready, CancellationToken stop)
    {
        var answers = new List<DoorAnswer>();
        long accepted = 0;
        for (var request = 0; !stop.IsCancellationRequested; request++)
        {
            var body = Body(sender, request);
            DoorAnswer answer;
            do
            {
                answer = await Doors.PostAsync(Choose(ready, sender + request), cluster.Key, body);
                answers.Add(answer);
                if (answer.Status != 200)
                    await Task.Delay(answer.RetryAfter ?? TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
            while (answer.Status != 200);
            accepted += EventsPerRequest;
            await Task.Delay(20, CancellationToken.None);
        }
        return (accepted, answers);
    }

    private static ServiceInstance Choose(ConcurrentDictionary<ServiceInstance, bool> ready, int turn)
    {
        var choice = ready.Where(r => r.Value).Select(r => r.Key).OrderBy(s => s.Port).ToList();
        return choice.Count > 0 ? choice[turn % choice.Count] : ready.Keys.First();
    }

    private static string Body(int sender, int request) => "[" + string.Join(',', Enumerable.Range(0, EventsPerRequest).Select(i =>
        $$"""{"type":"track","event":"x","anonymousId":"s{{sender}}-{{i}}","messageId":"{{sender}}-{{request}}-{{i}}"}""")) + "]";
}
