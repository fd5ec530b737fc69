using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>Whether the service has been told to stop; from then on it is not ready.</summary>
internal sealed class DrainState : IHealthCheck
{
    private volatile bool _begun;

    internal bool Begun => _begun;

    internal void Begin() => _begun = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_begun ? HealthCheckResult.Unhealthy("the service is stopping") : HealthCheckResult.Healthy());
}
