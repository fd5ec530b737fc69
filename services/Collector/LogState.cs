using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.Collector;

/// <summary>Whether the last append was taken; the health check "log" reads it.</summary>
internal sealed class LogState : IHealthCheck
{
    private volatile string? _failure;

    internal void Succeeded()
    {
        // A plain read first: the line is shared by all requests and changes hardly ever.
        if (_failure is not null)
            _failure = null;
    }

    internal void Failed(string reason) => _failure = reason;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failure is { } failure ? HealthCheckResult.Unhealthy(failure) : HealthCheckResult.Healthy());
}
