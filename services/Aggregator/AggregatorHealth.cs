using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Loading;

namespace Tidemark.Aggregator;

/// <summary>
/// Ready when the database is migrated and every partition loads. While ClickHouse is away later on it is degraded only: the doors do not depend on it, and loading goes
/// on by itself.
/// </summary>
public sealed class AggregatorHealth : IHealthCheck
{
    private volatile string? _notStarted = "waits for ClickHouse";
    private Func<bool> _away = () => false;
    private LoadStatus? _status;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    internal void Waiting(string reason) => _notStarted = reason;

    internal void Started(Func<bool> away, LoadStatus status)
    {
        (_away, _status) = (away, status);
        _notStarted = null;
    }

    private HealthCheckResult Check()
    {
        if (_notStarted is { } reason)
            return HealthCheckResult.Unhealthy($"the loader {reason}");
        if (_status!.Reasons() is { Count: > 0 } reasons)
            return HealthCheckResult.Unhealthy(string.Join("; ", reasons));
        return _away() ? HealthCheckResult.Degraded("ClickHouse does not answer; loading goes on when it does") : HealthCheckResult.Healthy();
    }
}
