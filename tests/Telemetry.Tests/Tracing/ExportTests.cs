using Tidemark.EventLog.Kafka;
using Tidemark.Kafka.Testing;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Tracing;

/// <summary>One request's way through the three services, as a real OpenTelemetry Collector receives it.</summary>
public sealed class ExportTests
{
    private const string CallersTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string CallersSpan = "00f067aa0ba902b7";

    [SkippableTheory]
    [InlineData(TraceProtocol.Grpc)]
    [InlineData(TraceProtocol.Http)]
    public async Task Request_IsSeenFromDoorToTable(TraceProtocol protocol)
    {
        await using var collector = await OtelCollector.StartAsync();
        var telemetry = new TelemetryOptions
        {
            OtlpEndpoint = protocol == TraceProtocol.Http ? collector.HttpEndpoint : collector.GrpcEndpoint,
            OtlpProtocol = protocol,
            SampleRatio = 1,
        };
        await FollowAsync(collector, await Pipeline.StartAsync(telemetry));
    }

    /// <summary>The same with the trace in Kafka's record headers, where the local log has none.</summary>
    [SkippableFact]
    public async Task Request_IsSeenFromDoorToTable_OverKafka()
    {
        var kafka = await KafkaServer.FindAsync();
        Skip.If(kafka.BootstrapServers is null, kafka.Why);
        await using var collector = await OtelCollector.StartAsync();
        var prefix = KafkaServer.NewPrefix();
        var options = new KafkaLogOptions { BootstrapServers = kafka.BootstrapServers!, TopicPrefix = prefix, Partitions = 2 };
        try
        {
            await FollowAsync(collector, await Pipeline.StartAsync(new TelemetryOptions { OtlpEndpoint = collector.GrpcEndpoint, SampleRatio = 1 }, options));
        }
        finally
        {
            await kafka.DeleteTopicsAsync(prefix);
        }
    }

    [SkippableFact]
    public async Task CallerThatIsNotSampled_IsNotTraced_WhateverTheRatio()
    {
        await using var collector = await OtelCollector.StartAsync();
        await using (var pipeline = await Pipeline.StartAsync(new TelemetryOptions { OtlpEndpoint = collector.GrpcEndpoint, SampleRatio = 1 }))
        {
            await pipeline.PostAsync("""{"event":"e","anonymousId":"a"}""", headers: ("traceparent", $"00-{CallersTrace}-{CallersSpan}-00"));
            await pipeline.PostAsync("nonsense");
            await pipeline.MetricsAsync(metrics => metrics.Sum("tidemark_aggregator_rows_total", ("table", "events")) > 0);
        }
        var spans = await collector.SpansAsync(["POST /v1/events", "load events"]);
        Assert.DoesNotContain(spans, span => span.TraceId == CallersTrace);
        // The other request went its own way, with the reason why nothing was stored.
        var refused = Assert.Single(spans, span => span.Name == "POST /v1/events");
        Assert.Equal(("400", "json"), (refused.Attributes["http.response.status_code"], refused.Attributes["tidemark.code"]));
    }

    [Fact]
    public async Task ReceiverThatIsNotThere_HoldsNothingUp()
    {
        await using var pipeline = await Pipeline.StartAsync(new TelemetryOptions { OtlpEndpoint = new Uri($"http://127.0.0.1:{FreePort.Take()}"), SampleRatio = 1 });
        Assert.Contains("\"accepted\":1", await pipeline.PostAsync("""{"event":"e","anonymousId":"a"}"""), StringComparison.Ordinal);
        var metrics = await pipeline.MetricsAsync(metrics => metrics.Sum("tidemark_aggregator_rows_total", ("table", "events")) > 0);
        Assert.Equal(1, metrics.Sum("tidemark_aggregator_rows_total", ("table", "events")));
    }

    private static async Task FollowAsync(OtelCollector collector, Pipeline pipeline)
    {
        await using (pipeline)
        {
            await pipeline.PostAsync(
                $$"""{"event":"secret-event","anonymousId":"{{Traffic.Visitor}}","messageId":"secret-message","context":{"page":{"url":"https://shop.example/?token=secret-query"} } }""",
                "/v1/events?secret=query-of-the-request",
                ("traceparent", $"00-{CallersTrace}-{CallersSpan}-01"), ("User-Agent", "Mozilla/5.0 secret-agent"), ("X-Forwarded-For", "203.0.113.77"));
            await pipeline.MetricsAsync(metrics => metrics.Sum("tidemark_aggregator_rows_total", ("table", "session_rows")) > 0);
            // On Kafka there are transaction markers behind the last records; nothing waits there.
            var quiet = await pipeline.MetricsAsync(metrics => Lag(metrics) == 0);
            Assert.Equal(0, Lag(quiet));
        }
        var spans = await collector.SpansAsync(
            ["POST /v1/events", "append events", "commit events", "load events", "INSERT events"],
            spans => spans.FirstOrDefault(span => span.Name == "load sessions") is { } sessions
                && sessions.Links.Any(link => spans.Any(span => span.Name == "commit events" && (span.TraceId, span.Id) == link)));

        foreach (var resource in new[] { "service.name: Str(test)", "service.namespace: Str(tidemark)", $"service.version: Str({ProductVersion.Text})" })
            Assert.Contains(resource, collector.Output, StringComparison.Ordinal);
        var request = Assert.Single(spans, span => span.Name == "POST /v1/events");
        Assert.Equal((CallersTrace, CallersSpan, "Server"), (request.TraceId, request.ParentId, request.Kind));
        Assert.Equal(("200", "1", "0"), (request.Attributes["http.response.status_code"], request.Attributes["tidemark.events.accepted"], request.Attributes["tidemark.events.rejected"]));
        var append = Assert.Single(spans, span => span.Name == "append events");
        Assert.Equal((CallersTrace, request.Id, "Producer"), (append.TraceId, append.ParentId, append.Kind));
        // The event's own commit, then the one that closes its session: only the first took the request in.
        var commit = Assert.Single(spans, span => span.Name == "commit events" && span.Links.Contains((CallersTrace, append.Id)));
        Assert.Equal("1", commit.Attributes["messaging.batch.message_count"]);
        var load = Assert.Single(spans, span => span.Name == "load events" && span.Links.Contains((CallersTrace, append.Id)));
        var insert = Assert.Single(spans, span => span.Name == "INSERT events");
        Assert.Equal((load.TraceId, load.Id, "Client"), (insert.TraceId, insert.ParentId, insert.Kind));
        var closed = spans.First(span => span.Name == "load sessions");
        Assert.Contains(closed.Links, link => spans.Any(span => span.Name == "commit events" && (span.TraceId, span.Id) == link));

        foreach (var personal in new[] { "secret", Traffic.Visitor, "203.0.113.77", "127.0.0.1", "shop.example", "Mozilla" })
            Assert.DoesNotContain(personal, string.Join('\n', spans.SelectMany(span => span.Attributes).Select(a => $"{a.Key}={a.Value}")), StringComparison.Ordinal);
        foreach (var personal in new[] { "secret", Traffic.Visitor, "203.0.113.77", "shop.example", "Mozilla" })
            Assert.DoesNotContain(personal, collector.Output, StringComparison.Ordinal);
    }

    private static double Lag(Exposition metrics) => new[] { "collector_intake", "sessionizer", "aggregator" }.Sum(
        name => metrics.Sum($"tidemark_{name}_lag") + metrics.Sum($"tidemark_{name}_lag_duration_seconds"));
}
