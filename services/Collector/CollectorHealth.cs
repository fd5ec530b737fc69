using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.Collector;

/// <summary>
/// Whether the log takes appends; the health check "log" reads it. A failure counts for a while only: a collector that is not ready gets no traffic,
/// and without traffic it would never learn that the log is back.
/// </summary>
internal sealed class CollectorHealth(TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan _memory = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _tellAgain = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private volatile Failure? _failure;
    private long? _told;

    internal void Succeeded()
    {
        // Read first: the line is shared by all requests and changes hardly ever.
        if (_failure is not null)
            _failure = null;
    }

    /// <summary>True when somebody should be told: of the first failure, and then once in half a minute, however many requests fail.</summary>
    internal bool Failed(string reason)
    {
        var now = time.GetTimestamp();
        _failure = new Failure(reason, now);
        lock (_lock)
        {
            if (_told is { } told && time.GetElapsedTime(told, now) < _tellAgain)
                return false;
            _told = now;
            return true;
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failure is { } failure && time.GetElapsedTime(failure.At) < _memory ? HealthCheckResult.Unhealthy(failure.Reason) : HealthCheckResult.Healthy());

    private sealed record Failure(string Reason, long At);
}
