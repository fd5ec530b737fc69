using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Doors;

public sealed class OverloadTests
{
    private const string Event = """{"event":"e","anonymousId":"a"}""";

    [Fact]
    public async Task LogUnavailable_Is503AndNeverSilent()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Log.Failures.Enqueue(new LogUnavailableException("the broker is away"));
        var answer = await host.PostAsync(Event);
        Assert.Equal((503, "log_unavailable", "1"), (answer.Status, answer.Error, answer.Headers["retry-after"]));
        host.Log.Failures.Enqueue(new LogFullException("no room"));
        answer = await host.PostAsync(Event);
        Assert.Equal((503, "log_full", "1"), (answer.Status, answer.Error, answer.Headers["retry-after"]));
        Assert.Equal(503, (int)(await host.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(200, (int)(await host.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(200, (await host.PostAsync(Event)).Status);
        Assert.Equal(200, (int)(await host.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Single(host.Events());
    }

    [Fact]
    public async Task UnexpectedFailure_Is500WithoutDetails()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Log.Failures.Enqueue(new InvalidOperationException("secret detail"));
        var answer = await host.PostAsync(Event);
        Assert.Equal((500, "internal"), (answer.Status, answer.Error));
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    /// <summary>Every kind of OutOfMemoryException: it was one large allocation, and the client has to come again; 500 would tell it not to.</summary>
    [Fact]
    public async Task NoMemory_IsOverloadAndTheProcessGoesOn()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Log.Failures.Enqueue(new InsufficientMemoryException("secret detail"));
        var answer = await host.PostAsync(Event);
        Assert.Equal((503, "overload", "1"), (answer.Status, answer.Error, answer.Headers["retry-after"]));
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.Contains("MaxInFlightBytes", Assert.Single(host.Said.All), StringComparison.Ordinal);
        Assert.Equal(0, host.InFlight);
        Assert.Equal(200, (await host.PostAsync(Event)).Status);
        Assert.Single(host.Events());
    }

    [Fact]
    public async Task Answer_WaitsForTheLog()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Log.Gate = new TaskCompletionSource();
        var posting = host.PostAsync(Event);
        Assert.NotSame(posting, await Task.WhenAny(posting, Task.Delay(200)));
        Assert.Empty(host.Events());
        host.Log.Gate.SetResult();
        Assert.Equal(200, (await posting).Status);
        Assert.Single(host.Events());
    }

    [Fact]
    public async Task InFlightBeyondTheLimit_Is503UntilTheOthersAreDone()
    {
        var options = CollectorHost.Options with { MaxBodyBytes = 1024, MaxInflatedBytes = 1024, MaxInFlightBytes = 2048 };
        await using var host = await CollectorHost.StartAsync(options);
        host.Log.Gate = new TaskCompletionSource();
        var body = Event + new string(' ', 900);
        var first = host.PostAsync(body);
        var second = host.PostAsync(body);
        await host.UntilInFlightAsync(2 * body.Length);
        var refused = await host.PostAsync(body);
        Assert.Equal((503, "overload", "1"), (refused.Status, refused.Error, refused.Headers["retry-after"]));
        host.Log.Gate.SetResult();
        Assert.Equal((200, 200), ((await first).Status, (await second).Status));
        Assert.Equal(200, (await host.PostAsync(body)).Status);
        Assert.Equal(0, host.InFlight);
    }

    [Fact]
    public async Task SlowClientsThatAnnounceMuch_DoNotShutOutOthers()
    {
        var options = CollectorHost.Options with { MaxBodyBytes = 1024, MaxInflatedBytes = 1024, MaxInFlightBytes = 2048 };
        await using var host = await CollectorHost.StartAsync(options);
        var slow = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.ConnectAsync()));
        foreach (var client in slow)
            await client.SendAsync("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: all\r\nContent-Length: 1024\r\n\r\n{");
        await host.UntilInFlightAsync(10);
        Assert.Equal(200, (await host.PostAsync(Event)).Status);
        foreach (var client in slow)
            client.Dispose();
        await host.UntilInFlightAsync(0);
    }

    [Fact]
    public async Task RatePerKey_Is429AndOthersGoOn()
    {
        await using var host = await CollectorHost.StartAsync(CollectorHost.Options with { MaxEventsPerSecondPerKey = 1 });
        var ten = "[" + string.Join(',', Enumerable.Repeat(Event, 10)) + "]";
        Assert.Equal(200, (await host.PostAsync(ten)).Status);
        var refused = await host.PostAsync(Event);
        Assert.Equal((429, "rate_limit", "1"), (refused.Status, refused.Error, refused.Headers["retry-after"]));
        Assert.Equal(200, (await host.PostAsync(Event, key: "other")).Status);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await host.PostAsync(Event)).Status);
        Assert.Equal(12, host.Events(Topics.Events).Count);
    }
}
