using Microsoft.Extensions.Logging;

namespace Tidemark.Aggregator.Http;

/// <summary>
/// Whether ClickHouse answers, for all loaders together: a request that gets no answer is sent again, the same, until there is one. Tells the log once when it goes
/// and once when it is back.
/// </summary>
internal sealed class EngineLink(AggregatorOptions options, AggregatorMetrics metrics, TimeProvider time, Random jitter, ILogger logger)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long? _awaySince;

    public bool Away => _awaySince is not null;

    /// <summary>Repeats a request through restarts and overload; what ClickHouse refuses is thrown, and its caller tries again later. Cancelled by <paramref name="cancellation"/> only.</summary>
    public async Task<T> UntilAnsweredAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        (await UntilAnsweredCountedAsync(request, cancellation)).Result;

    /// <summary>The same, and how many attempts it took: more than one means that an earlier one may have been cut off in the middle.</summary>
    public async Task<(T Result, int Attempts)> UntilAnsweredCountedAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        var pause = _firstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await request(cancellation);
                Answered();
                return (result, attempt);
            }
            catch (ClickHouseException e) when (e.Transient)
            {
                metrics.Retry();
                Failed(e);
                await Task.Delay(pause * (0.75 + jitter.NextDouble() / 2), time, cancellation);
                pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
            }
            catch (ClickHouseException)
            {
                Answered();
                throw;
            }
        }
    }

    private void Failed(ClickHouseException e)
    {
        lock (_lock)
        {
            if (_awaySince is not null)
                return;
            _awaySince = time.GetTimestamp();
        }
        if (e.DiskFull)
            logger.ClickHouseDiskFull(options.ClickHouseUrl, e.Message);
        else
            logger.ClickHouseAway(options.ClickHouseUrl, e.Message);
    }

    private void Answered()
    {
        if (_awaySince is null)
            return;
        long since;
        lock (_lock)
        {
            if (_awaySince is not { } began)
                return;
            since = began;
            _awaySince = null;
        }
        logger.ClickHouseBack(time.GetElapsedTime(since).TotalSeconds);
    }
}
