using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The service at work until disposed.</summary>
internal sealed class RunningAggregator : IAsyncDisposable, ILogger<AggregatorService>
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly AggregatorMetrics _metrics = new();
    private readonly Task _run;

    public RunningAggregator(AggregatorOptions options, IEventLog log, Func<HttpMessageHandler, HttpMessageHandler>? network = null, TimeProvider? time = null)
    {
        var service = new AggregatorService(options, log, _metrics, Health, time ?? TimeProvider.System, Random.Shared, this)
        {
            Network = network ?? (static handler => handler),
        };
        _run = service.RunAsync(_stop.Token);
    }

    /// <summary>Of the service by itself.</summary>
    public Task Ended => _run;

    public AggregatorHealth Health { get; } = new();

    /// <summary>Messages by the names of their events.</summary>
    public ConcurrentQueue<(string Event, string Text)> Said { get; } = [];

    /// <summary>Waits until it is so healthy, and for such a reason.</summary>
    public Task BecomesAsync(HealthStatus status, string reason = "") => Wait.ForAsync(
        () => Health.CheckHealthAsync(new HealthCheckContext()),
        now => now.Status == status && (now.Description ?? "").Contains(reason, StringComparison.Ordinal),
        () => $"a loader that is {status} {reason}; it is {Health.CheckHealthAsync(new HealthCheckContext()).GetAwaiter().GetResult().Description}\n{string.Join('\n', Said)}");

    /// <summary>Waits until a message of that name was logged.</summary>
    public Task SaysAsync(string name) => Wait.ForAsync(
        () => Task.FromResult(Said.Any(said => said.Event == name)), static isSaid => isSaid, () => $"the message {name}\n{string.Join('\n', Said)}");

    public int Times(string name) => Said.Count(said => said.Event == name);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Said.Enqueue((eventId.Name ?? "", formatter(state, exception)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _metrics.Dispose();
        _stop.Dispose();
    }
}
