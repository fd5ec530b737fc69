using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.Local.Hosting;

/// <summary>Ready when the engine answers as readers ask it; says what the system does not keep it from.</summary>
internal sealed class EngineHealth(EngineChild engine) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await engine.IsReadyAsync(cancellationToken)
            ? HealthCheckResult.Healthy(engine.ConfinementWarning)
            : HealthCheckResult.Unhealthy("the ClickHouse engine does not answer; it is started again");
}
