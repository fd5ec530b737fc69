using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Stops what a connection runs once its client has gone: again and again until the run has ended, because a kill that comes
/// before the engine has begun finds nothing; and not longer, because the next client's query must not be hit.
/// </summary>
internal sealed class QueryKiller : IAsyncDisposable
{
    static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    readonly CancellationTokenSource _ended = new();
    readonly Task _loop;

    public QueryKiller(EmbeddedEngine engine, PooledConnection pooled, CancellationToken gone) => _loop = RunAsync(engine, pooled, gone, _ended.Token);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ended.Dispose();
    }

    static async Task RunAsync(EmbeddedEngine engine, PooledConnection pooled, CancellationToken gone, CancellationToken ended)
    {
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = gone.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wake).ConfigureAwait(false);
        await using var last = ended.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wake).ConfigureAwait(false);
        await wake.Task.ConfigureAwait(false);
        while (!ended.IsCancellationRequested)
        {
            await engine.KillAsync(pooled).ConfigureAwait(false);
            await Task.Delay(_interval, ended).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }
}
