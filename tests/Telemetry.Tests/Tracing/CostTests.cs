using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.Collector.Refusals;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Sessionizer;

namespace Tidemark.Telemetry.Tests.Tracing;

/// <summary>Without a listener tracing allocates nothing; with one, nothing for what is not sampled beyond the request's own span.</summary>
public sealed class CostTests
{
    private static readonly TopicPartition _partition = new("events", 3);

    [Fact]
    public void Request_WithoutListener_AllocatesNothing()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        using var request = new AppendRequest("events", 4, null);
        Assert.Equal(0, Allocated(() =>
        {
            using var span = CollectorTracing.Request(context, "/v1/events");
            CollectorTracing.Judged(10, 1, 1000);
            using (CollectorTracing.Append(request))
                CollectorTracing.Answered(span, "/v1/events", 200, RejectCode.None);
        }));
        Assert.Null(request.Trace);
    }

    [Fact]
    public void CommitAndLoad_WithoutListener_AllocateNothing()
    {
        var links = new TraceLinks(SessionizerTracing.Source);
        LogTrace[] traces = [new(5, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")];
        Assert.Equal(0, Allocated(() =>
        {
            links.Add(traces, 0, 10);
            using (var span = SessionizerTracing.Commit(_partition, links, TimeProvider.System, TimeSpan.Zero, 10))
                SessionizerTracing.Committed(span, 3);
            using (AggregatorTracing.Load(_partition, links, 10))
                AggregatorTracing.Insert("events", 10)?.Dispose();
            links.Clear();
        }));
        Assert.Null(links.All);
    }

    [Fact]
    public void Links_AreThoseOfTheRange_AndBounded()
    {
        using var source = new ActivitySource("Tidemark.Test");
        using var listener = new ActivityListener { ShouldListenTo = listened => listened == source };
        ActivitySource.AddActivityListener(listener);
        var links = new TraceLinks(source);
        var traces = Enumerable.Range(0, 100).Select(i => new LogTrace(i, $"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba9{i:x4}-01")).ToArray();
        links.Add(traces, 10, 13);
        links.Add([new LogTrace(13, "not a trace")], 10, 20);
        Assert.Equal(["00f067aa0ba9000a", "00f067aa0ba9000b", "00f067aa0ba9000c"], links.All!.Select(link => link.Context.SpanId.ToHexString()));
        links.Add(traces, 0, 100);
        Assert.Equal(TraceLinks.Most, links.All!.Count);
        links.Clear();
        Assert.Null(links.All);
    }

    /// <summary>Bytes that 1,000 runs allocate on this thread, once warmed up.</summary>
    private static long Allocated(Action run)
    {
        Assert.False(CollectorTracing.Source.HasListeners() || SessionizerTracing.Source.HasListeners() || AggregatorTracing.Source.HasListeners());
        for (var i = 0; i < 1_000; i++)
            run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
