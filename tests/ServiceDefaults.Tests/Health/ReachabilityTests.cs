using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Tidemark.ServiceDefaults.Health;

namespace Tidemark.ServiceDefaults.Tests.Health;

public sealed class ReachabilityTests
{
    private readonly FakeTimeProvider _time = new();
    private int _asked;
    private string? _why;

    [Fact]
    public async Task Check_PolledOften_AsksOnceInTwoSeconds()
    {
        var check = New(_ => Answer());
        for (var i = 0; i < 100; i++)
            Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
        Assert.Equal(1, _asked);
        _why = "the system is away";
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var result = await check.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal((HealthStatus.Unhealthy, "the system is away"), (result.Status, result.Description));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Check_ManyWhileOneIsUnderWay_ShareItsAnswer()
    {
        var answer = new TaskCompletionSource<string?>();
        var check = New(async _ =>
        {
            Interlocked.Increment(ref _asked);
            return await answer.Task;
        });
        var waiting = Enumerable.Range(0, 50).Select(_ => StatusAsync(check)).ToList();
        // Long under way, it still is the one that is asked.
        _time.Advance(TimeSpan.FromSeconds(2.5));
        waiting.Add(StatusAsync(check));
        answer.SetResult("no");
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(HealthStatus.Unhealthy, status));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Check_SystemThatDoesNotAnswer_IsGivenUpAfterThePatience()
    {
        var check = New(async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        });
        var waiting = check.CheckHealthAsync(new HealthCheckContext());
        // The timer is made on another thread.
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }
        var result = await waiting;
        Assert.Equal((HealthStatus.Unhealthy, "System has not answered within 3 s"), (result.Status, result.Description));
    }

    private Reachability New(Func<CancellationToken, ValueTask<string?>> ask) => new("System", TimeSpan.FromSeconds(3), _time, ask);

    private ValueTask<string?> Answer()
    {
        _asked++;
        return new(_why);
    }

    private static async Task<HealthStatus> StatusAsync(Reachability check) => (await check.CheckHealthAsync(new HealthCheckContext())).Status;
}
