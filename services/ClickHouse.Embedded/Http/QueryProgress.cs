using System.Globalization;
using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// What <c>send_progress_in_http_headers</c> asks for: how far the query is, every <c>http_headers_progress_interval_ms</c> (default 100, at
/// least 50: each is a query of its own) until the answer begins. The server writes each header at once; Kestrel sends the headers of an
/// answer together, so here all of them come when it begins. A client sees the same lines, but no sign of life before.
/// </summary>
internal sealed class QueryProgress : IAsyncDisposable
{
    const int DefaultIntervalMs = 100;
    const int MinIntervalMs = 50;

    readonly CancellationTokenSource _ended = new();
    readonly Task _loop;

    QueryProgress(EmbeddedEngine engine, PooledConnection pooled, QueryResponse response, int intervalMs) => _loop = RunAsync(engine, pooled, response, intervalMs, _ended.Token);

    /// <summary>Null when the request does not ask for it.</summary>
    public static QueryProgress? For(QueryRequest request, EmbeddedEngine engine, PooledConnection pooled, QueryResponse response)
        => response.SendsProgress ? new QueryProgress(engine, pooled, response, IntervalMs(request)) : null;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ended.Dispose();
    }

    static int IntervalMs(QueryRequest request)
        => int.TryParse(request.Setting("http_headers_progress_interval_ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var interval) ? Math.Max(interval, MinIntervalMs) : DefaultIntervalMs;

    static async Task RunAsync(EmbeddedEngine engine, PooledConnection pooled, QueryResponse response, int intervalMs, CancellationToken ended)
    {
        while (!response.HasStarted)
        {
            await Task.Delay(intervalMs, ended).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            if (ended.IsCancellationRequested)
                return;
            if (await engine.ProgressAsync(pooled).ConfigureAwait(false) is { } progress)
                response.AddProgress(progress);
        }
    }
}
