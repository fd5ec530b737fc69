using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.Aggregator;

/// <summary>
/// Ready when the database is migrated and every partition loads. While ClickHouse is away later on it is degraded only: the doors do not depend on it, and loading goes
/// on by itself.
/// </summary>
public sealed class LoaderHealth : IHealthCheck
{
    private readonly ConcurrentDictionary<string, string> _stopped = new();
    private volatile string? _notStarted = "waits for ClickHouse";
    private Func<bool> _away = () => false;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    internal void Waiting(string reason) => _notStarted = reason;

    internal void Started(Func<bool> away)
    {
        _away = away;
        _notStarted = null;
    }

    internal void Stopped(string partition, string reason) => _stopped[partition] = reason;

    private HealthCheckResult Check()
    {
        if (_notStarted is { } reason)
            return HealthCheckResult.Unhealthy($"the loader {reason}");
        if (!_stopped.IsEmpty)
            return HealthCheckResult.Unhealthy(string.Join("; ", _stopped.Select(s => $"{s.Key} is not loaded: {s.Value}")));
        return _away() ? HealthCheckResult.Degraded("ClickHouse does not answer; loading goes on when it does") : HealthCheckResult.Healthy();
    }
}
