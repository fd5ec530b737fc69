using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Sessionizer.Processing;

namespace Tidemark.Sessionizer;

/// <summary>Not ready while a partition is rebuilt, or when one stands still and somebody has to act.</summary>
internal sealed class SessionizerHealth(SessionizerStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        foreach (var (partition, state) in status.All)
        {
            if (state.Stopped is { } reason)
                reasons.Add($"{partition} stopped: {reason}");
            else if (state.Replaying)
                reasons.Add($"{partition} is replaying, at offset {state.Position} of {state.End}");
        }
        var result = reasons.Count == 0
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", reasons));
        return Task.FromResult(result);
    }
}
