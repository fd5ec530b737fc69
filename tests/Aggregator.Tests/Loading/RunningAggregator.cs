using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The service at work until disposed.</summary>
internal sealed class RunningAggregator : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AggregatorMetrics _metrics = new();
    private readonly Task _run;

    public RunningAggregator(AggregatorOptions options, IEventLog log, Func<HttpMessageHandler, HttpMessageHandler>? network = null)
    {
        var service = new AggregatorService(options, log, _metrics, Health, TimeProvider.System, NullLogger<AggregatorService>.Instance)
        {
            Network = network ?? (static handler => handler),
        };
        _run = service.RunAsync(_stop.Token);
    }

    public LoaderHealth Health { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _metrics.Dispose();
        _stop.Dispose();
    }
}
