using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Sessionizer;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Telemetry.Tests.Metrics;

/// <summary>What counting costs while Prometheus listens: nothing on the heap, per request or per batch.</summary>
public sealed class AllocationTests : IDisposable
{
    private readonly ServiceProvider _services;

    public AllocationTests()
    {
        var services = new ServiceCollection().AddMetrics();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Tidemark.*").AddPrometheusExporter());
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<MeterProvider>();
    }

    [Fact]
    public void Request_Counted_AllocatesNothing()
    {
        var options = new CollectorOptions();
        using var metrics = new CollectorMetrics(_services.GetRequiredService<IMeterFactory>(), new InFlightBytes(options), new(TimeProvider.System), options);
        AssertNothing(() =>
        {
            metrics.Received(1000);
            metrics.Mended(1, 1);
            metrics.Mislabelled();
            metrics.Rejected(RejectCode.TsFuture, CollectorMetrics.Http, 1);
            metrics.Unrecorded(1);
            metrics.Accepted(Lane.History, CollectorMetrics.Intake, 10);
            metrics.Acknowledged(TimeSpan.FromMilliseconds(3));
            metrics.AppendFailed(full: true);
            metrics.IntakeCommitted(10, TimeSpan.FromMilliseconds(3));
            metrics.IntakeFailed("fenced");
            metrics.Answered("/v1/events", 503);
            metrics.Refused(RejectCode.LogFull);
        });
    }

    [Fact]
    public void Commit_Counted_AllocatesNothing()
    {
        var status = new SessionizerStatus(TimeProvider.System);
        using var metrics = new SessionizerMetrics(_services.GetRequiredService<IMeterFactory>(), status);
        var oldest = status.Enter(new("events", 0)).Oldest;
        AssertNothing(() =>
        {
            oldest.Some();
            oldest.From(5);
            oldest.None();
            metrics.Took(Lane.Live, Verdict.Late, 3);
            metrics.Put(Lane.History, "correction", 2);
            metrics.Committed(Lane.Live, TimeSpan.FromMilliseconds(3));
            metrics.Failed(Lane.Live, "fenced");
            metrics.Replayed(Lane.History, 10);
        });
    }

    [Fact]
    public void Batch_Counted_AllocatesNothing()
    {
        using var metrics = new AggregatorMetrics();
        var received = Enumerable.Repeat(1_700_000_000_000L, 1000).ToArray();
        var now = DateTimeOffset.UtcNow;
        AssertNothing(() =>
        {
            metrics.Batch("events", 1000, 100_000, TimeSpan.FromMilliseconds(20));
            metrics.Queryable("events", TimeSpan.FromSeconds(1));
            metrics.Queryable(received, history: false, now);
            metrics.Retry();
        });
    }

    public void Dispose() => _services.Dispose();

    private static void AssertNothing(Action count)
    {
        for (var i = 0; i < 200; i++)
            count();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
            count();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
