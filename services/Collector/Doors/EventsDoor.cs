using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Bodies;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary>
/// <c>POST /v1/events</c> and <c>POST /v1/history[?import=ID[&amp;generation=N][&amp;ids=place]]</c>: one object, an array, or one object per line; plain, gzip or zstd.
/// Answers 200 with the fate of every event when the log has the accepted ones.
/// </summary>
internal sealed class EventsDoor(
    CollectorOptions options, IEventLog log, TimeProvider time, InFlightBytes inFlight, BatchReaders readers, RejectedWriter rejected, Appender appender, ImportRegistry imports, CollectorMetrics metrics)
{
    private readonly BodyReader _bodies = new(options);

    internal async Task<DoorResult> HandleAsync(HttpContext context, Lane lane, WriteKey key, string door)
    {
        var code = RequestChecks.Content(context.Request);
        if (code != RejectCode.None)
            return code;
        if (!TryImport(context.Request, lane, out var import, out var placeIds))
            return RejectCode.BadImport;
        if (import is { } opened && (code = await OpenAsync(key, opened)) != RejectCode.None)
            return code;

        using var wire = new Body(inFlight);
        code = await _bodies.ReadAsync(context, wire);
        metrics.Received(wire.Length);
        if (code != RejectCode.None)
            return code;
        using var plain = new Body(inFlight);
        var packed = Inflater.IsGzip(wire.Span) || Inflater.IsZstd(wire.Span);
        if (packed != RequestChecks.SaysPacked(context.Request))
            metrics.Mislabelled();
        if (packed && (code = Inflater.Inflate(wire, plain, options.MaxInflatedBytes)) != RejectCode.None)
            return code;

        var source = new EventSource(key, lane, import?.Id ?? [], placeIds, time.GetUtcNow().ToUnixTimeMilliseconds(), Browser(context.Request, lane), Encoding.ASCII.GetBytes(door));
        return await StoreAsync(packed ? plain : wire, source, context.RequestAborted);
    }

    private async ValueTask<RejectCode> OpenAsync(WriteKey key, ImportQuery import)
    {
        try
        {
            return await imports.OpenAsync(key, import);
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }

    private async Task<DoorResult> StoreAsync(Body body, EventSource source, CancellationToken cancellation)
    {
        using var events = log.NewAppend(source.Lane == Lane.Live ? Topics.Events : Topics.History);
        var code = Judge(body, source, events, out var accepted, out var answer, out var refused);
        using (refused)
        {
            if (code != RejectCode.None)
            {
                await appender.KeepRefusedAsync(refused);
                return code;
            }
            if (accepted > 0 && source.Key.Rate?.TryTake(accepted) == false)
                return RejectCode.RateLimit;
            var storing = appender.AppendAsync(events, cancellation);
            await appender.KeepRefusedAsync(refused);
            code = await storing;
            if (code != RejectCode.None)
                return code;
            metrics.Accepted(source.Lane, CollectorMetrics.Http, accepted);
            return answer!;
        }
    }

    /// <summary>The part without waiting: everything that holds a reader and its memory.</summary>
    private RejectCode Judge(Body body, EventSource source, AppendRequest events, out int accepted, out byte[]? answer, out AppendRequest? refused)
    {
        var reader = readers.Get();
        try
        {
            var skewed = reader.Skewed;
            var replaced = reader.Replaced;
            var code = reader.Read(body.Span, source, events);
            metrics.Mended(reader.Skewed - skewed, reader.Replaced - replaced);
            accepted = reader.Accepted;
            CollectorTracing.Judged(accepted, reader.Rejections.Count, body.Length);
            answer = code == RejectCode.None ? Answers.Batch(accepted, reader.Rejections) : null;
            var rejections = code == RejectCode.None ? reader.Rejections : [new Rejection(-1, code, 0, body.Length)];
            refused = rejected.Prepare(body.Span, source, rejections);
            return code;
        }
        finally
        {
            readers.Return(reader);
        }
    }

    /// <summary>The history door's own parameters; the live door has none and passes over them.</summary>
    private static bool TryImport(HttpRequest request, Lane lane, out ImportQuery? import, out bool placeIds)
    {
        import = null;
        placeIds = false;
        if (lane == Lane.Live || !request.QueryString.HasValue || !request.Query.ContainsKey("import"))
            return true;
        if (!ImportQuery.TryRead(request, out var read))
            return false;
        import = read;
        var ids = request.Query["ids"];
        placeIds = ids == "place";
        // Under any other word every event would get a random id, and an import that is sent again would count twice.
        return placeIds || ids.Count == 0;
    }

    /// <summary>A browser's own user agent stands for the visitor's; that of a library or a server does not, nor that of whoever imports a history.</summary>
    private static byte[] Browser(HttpRequest request, Lane lane)
    {
        var agent = request.Headers.UserAgent;
        return lane == Lane.Live && agent.Count == 1 && agent[0]!.StartsWith("Mozilla/", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(agent[0]!) : [];
    }
}
