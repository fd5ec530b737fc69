using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The service at work until disposed.</summary>
internal sealed class RunningAggregator : IAsyncDisposable, ILogger<AggregatorService>
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AggregatorMetrics _metrics = new();
    private readonly Task _run;

    public RunningAggregator(AggregatorOptions options, IEventLog log, Func<HttpMessageHandler, HttpMessageHandler>? network = null)
    {
        var service = new AggregatorService(options, log, _metrics, Health, TimeProvider.System, this)
        {
            Network = network ?? (static handler => handler),
        };
        _run = service.RunAsync(_stop.Token);
    }

    public LoaderHealth Health { get; } = new();

    /// <summary>Messages by the names of their events.</summary>
    public ConcurrentQueue<(string Event, string Text)> Said { get; } = [];

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
