using Tidemark.Resilience;
using Tidemark.Testing;

namespace Tidemark.ServiceDefaults.Tests.Resilience;

public sealed class RetryForeverTests
{
    private static readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
    private readonly PausingTime _time = new();
    private readonly List<string> _said = [];

    [Fact]
    public async Task WhatPasses_IsTriedAgainAfterEachPause_AndSaid()
    {
        var left = 5;
        var answer = Pipeline().ExecuteAsync(_ => left-- > 0 ? throw new TimeoutException($"{left}") : ValueTask.FromResult("done")).AsTask();
        Assert.Equal([1, 2, 4, 4, 4], (await _time.PassAsync(5)).Select(pause => pause.TotalSeconds));
        Assert.Equal("done", await answer);
        Assert.Equal(["4", "3", "2", "1", "0"], _said);
    }

    [Fact]
    public async Task WhatDoesNotPass_IsThrownAtOnce()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Pipeline().ExecuteAsync(static _ => throw new InvalidOperationException()));
        Assert.Empty(_said);
    }

    [Fact]
    public async Task Cancelled_EndsAPause()
    {
        using var stop = new CancellationTokenSource();
        var run = Pipeline().ExecuteAsync(static _ => throw new TimeoutException(), stop.Token).AsTask();
        await _time.PauseAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    /// <summary>Requests of the loader pass through here, several per batch: with nothing to try again it costs next to nothing.</summary>
    [Fact]
    public async Task WhatSucceedsAtOnce_AllocatesNothing()
    {
        const int Times = 10_000;
        var pipeline = Pipeline();
        await RunAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();
        await RunAsync();
        // Less than a byte for each: what the loop itself needs is there once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times - 1);

        async Task RunAsync()
        {
            for (var i = 0; i < Times; i++)
                await pipeline.ExecuteAsync(static (state, _) => ValueTask.FromResult(state), "x", CancellationToken.None);
        }
    }

    private Polly.ResiliencePipeline Pipeline() => RetryForever.Pipeline(_backoff, _time, static failed => failed is TimeoutException, failed => _said.Add(failed.Message));
}
