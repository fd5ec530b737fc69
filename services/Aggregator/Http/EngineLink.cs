using Microsoft.Extensions.Logging;
using Polly;
using Tidemark.Resilience;

namespace Tidemark.Aggregator.Http;

/// <summary>
/// Whether ClickHouse answers, for all loaders together: a request that gets no answer is sent again, the same, until there is one. Tells the log once when it goes
/// and once when it is back.
/// </summary>
internal sealed class EngineLink
{
    private readonly AggregatorOptions _options;
    private readonly AggregatorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _untilAnswered;
    private readonly Lock _lock = new();
    private long? _awaySince;

    public EngineLink(AggregatorOptions options, AggregatorMetrics metrics, TimeProvider time, Random jitter, ILogger logger)
    {
        (_options, _metrics, _time, _logger) = (options, metrics, time, logger);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), jitter);
        _untilAnswered = RetryForever.Pipeline(backoff, time, static failed => failed is ClickHouseException { Transient: true }, failed => Failed((ClickHouseException)failed));
    }

    public bool Away => _awaySince is not null;

    /// <summary>Repeats a request through restarts and overload; what ClickHouse refuses is thrown, and its caller tries again later. Cancelled by <paramref name="cancellation"/> only.</summary>
    public async Task<T> UntilAnsweredAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        (await UntilAnsweredCountedAsync(request, cancellation)).Result;

    /// <summary>The same, and how many attempts it took: more than one means that an earlier one may have been cut off in the middle.</summary>
    public async Task<(T Result, int Attempts)> UntilAnsweredCountedAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        var attempts = 0;
        try
        {
            var result = await _untilAnswered.ExecuteAsync(
                async ct =>
                {
                    attempts++;
                    return await request(ct);
                },
                cancellation);
            Answered();
            return (result, attempts);
        }
        catch (ClickHouseException)
        {
            Answered();
            throw;
        }
    }

    private void Failed(ClickHouseException e)
    {
        _metrics.Retry();
        lock (_lock)
        {
            if (_awaySince is not null)
                return;
            _awaySince = _time.GetTimestamp();
        }
        if (e.DiskFull)
            _logger.ClickHouseDiskFull(_options.ClickHouseUrl, e.Message);
        else
            _logger.ClickHouseAway(_options.ClickHouseUrl, e.Message);
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
        _logger.ClickHouseBack(_time.GetElapsedTime(since).TotalSeconds);
    }
}
