using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Collector;

/// <summary>
/// The collector's spans: a request, and in it the append. They tell counts, sizes and codes; no id, address, agent, query or body. Without a listener nothing is made,
/// and for a request that is not sampled nothing is set.
/// </summary>
internal static class CollectorTracing
{
    internal static readonly ActivitySource Source = new("Tidemark.Collector");

    /// <summary>The span of a request to a door; continues the caller's trace when it sent one.</summary>
    internal static Activity? Request(HttpContext context, string door)
    {
        if (!Source.HasListeners())
            return null;
        // The web server's own span is not exported, and as a parent it would hide the caller's.
        Activity.Current = null;
        var headers = context.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var caller);
        var span = Source.StartActivity(door, ActivityKind.Server, caller);
        if (span is { IsAllDataRequested: true })
            span.DisplayName = $"POST {door}";
        return span;
    }

    internal static void Answered(Activity? span, string door, int status, RejectCode code)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag("http.request.method", "POST").SetTag("http.route", door).SetTag("http.response.status_code", status);
        if (code == RejectCode.None)
            return;
        span.SetTag("tidemark.code", RejectCodes.Name(code));
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error, RejectCodes.Name(code));
    }

    /// <summary>What was read from the body, told of the current request.</summary>
    internal static void Judged(int accepted, int rejected, long bytes)
    {
        if (Activity.Current is { IsAllDataRequested: true } span && span.Source == Source)
            span.SetTag("tidemark.events.accepted", accepted).SetTag("tidemark.events.rejected", rejected).SetTag("http.request.body.size", bytes);
    }

    /// <summary>The append in the current request; the log carries its context to whoever reads the records.</summary>
    internal static Activity? Append(AppendRequest request)
    {
        var span = Source.StartActivity("append", ActivityKind.Producer);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.DisplayName = $"append {request.Topic}";
        span.SetTag("messaging.operation.type", "send").SetTag("messaging.destination.name", request.Topic).SetTag("messaging.batch.message_count", request.Count);
        if (span.Recorded)
            request.Trace = span.Id;
        return span;
    }

    /// <summary>
    /// A transaction of the intake topic, from its first message to the log's answer, linked to the producers' traces. These are anybody's, so they are put on only after the
    /// ratio has decided: a producer that marks all it sends as sampled must not make every transaction a span.
    /// </summary>
    internal static Activity? Intake(TopicPartition source, TraceLinks links, TimeProvider time, TimeSpan age, int messages)
    {
        if (!Source.HasListeners())
            return null;
        var span = Source.StartActivity("intake", ActivityKind.Consumer, default(ActivityContext), null, null, time.GetUtcNow() - age);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.DisplayName = $"commit {source.Topic}";
        span.SetTag("messaging.operation.type", "process").SetTag("messaging.destination.name", source.Topic)
            .SetTag("messaging.destination.partition.id", source.Partition.ToString(CultureInfo.InvariantCulture)).SetTag("messaging.batch.message_count", messages);
        foreach (var link in links.All ?? [])
            span.AddLink(link);
        return span;
    }

    internal static void Failed(Activity? span, string reason) => span?.SetStatus(ActivityStatusCode.Error, reason);
}
