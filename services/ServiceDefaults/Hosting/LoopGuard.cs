using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>
/// Watches the loops of the process (its background services). They wait out whatever may pass; one that ends while the service runs has failed for good, and a process
/// without it would look alive and do nothing: it says why and stops, with a status that makes a supervisor start it again.
/// </summary>
internal sealed class LoopGuard(IHostApplicationLifetime application, ILogger<LoopGuard> logger) : IHealthCheck
{
    private volatile string? _failed;

    /// <summary>What the process ends with.</summary>
    internal int Status { get; private set; } = ExitStatus.Ok;

    internal void Watch(IEnumerable<IHostedService> services)
    {
        foreach (var loop in services.OfType<BackgroundService>())
        {
            if (loop.ExecuteTask is { } task)
                _ = WatchAsync(loop.GetType().Name, task);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failed is { } name ? HealthCheckResult.Unhealthy($"{name} has ended") : HealthCheckResult.Healthy());

    private async Task WatchAsync(string name, Task loop)
    {
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (application.ApplicationStopping.IsCancellationRequested && !loop.IsFaulted)
            return;
        lock (logger)
        {
            // The first failure is the cause; others follow from it.
            if (_failed is not null)
                return;
            _failed = name;
            Status = loop.Exception?.GetBaseException() is LogSettingsException ? ExitStatus.WrongConfiguration : ExitStatus.PartFailed;
        }
        switch (loop.Exception?.GetBaseException())
        {
            case null:
                logger.LoopEnded(name);
                break;
            case LogException known:
                logger.LoopFailed(name, known.Message);
                break;
            case var bug:
                logger.LoopCrashed(name, bug);
                break;
        }
        application.StopApplication();
    }
}
