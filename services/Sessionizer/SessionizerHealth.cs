using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Processing;

namespace Tidemark.Sessionizer;

/// <summary>
/// Not ready before the group has said which partitions are this process's (there may be none) and each of them is rebuilt, nor while one is stopped and an operator must act.
/// </summary>
internal sealed class SessionizerHealth(SessionizerStatus status, IEventLog log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reasons = Reasons();
        var result = reasons.Count == 0
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", reasons));
        return Task.FromResult(result);
    }

    private List<string> Reasons()
    {
        var reasons = new List<string>();
        var entered = status.All.ToDictionary();
        if (log.Assignment(SessionizerService.Group) is not { } assigned)
            reasons.Add("waits for the group to say which partitions it has");
        else
            reasons.AddRange(assigned.Where(partition => !entered.ContainsKey(partition)).Select(static partition => $"{partition} is taken over"));
        foreach (var (partition, state) in entered)
        {
            if (state.Stopped is { } reason)
                reasons.Add($"{partition} stopped: {reason}");
            else if (state.State == PartitionState.Recovering)
                reasons.Add($"{partition} is replaying, at offset {state.Position} of {state.End}");
        }
        return reasons;
    }
}
