using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.Collector;

/// <summary>
/// Whether the log takes appends; the health check "log" reads it. A failure counts for a while only: a collector that is not ready gets no traffic,
/// and without traffic it would never learn that the log is back.
/// </summary>
internal sealed class LogState(TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan _memory = TimeSpan.FromSeconds(10);

    private volatile Failure? _failure;

    internal void Succeeded()
    {
        // Read first: the line is shared by all requests and changes hardly ever.
        if (_failure is not null)
            _failure = null;
    }

    internal void Failed(string reason) => _failure = new Failure(reason, time.GetTimestamp());

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failure is { } failure && time.GetElapsedTime(failure.At) < _memory ? HealthCheckResult.Unhealthy(failure.Reason) : HealthCheckResult.Healthy());

    private sealed record Failure(string Reason, long At);
}
