using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;

namespace Tidemark.Collector.Doors;

/// <summary>
/// Knows the doors by their paths, with or without a slash at the end, and does for each what is the same for all: method, key, page, answer.
/// A middleware rather than endpoints: routing and binding would cost as much as reading the body.
/// </summary>
internal sealed class DoorRouter(
    CollectorOptions options, WriteKeys keys, PagePermission pages, EventsDoor events, ImportEndDoor importEnd, ImportUndoDoor importUndo, Cors cors, CollectorMetrics metrics, ILogger<DoorRouter> logger)
{
    private const string Events = "/v1/events";
    private const string History = "/v1/history";
    private const string HistoryEnd = "/v1/history/end";
    private const string HistoryUndo = "/v1/history/undo";
    private const string HistoryImports = "/v1/history/imports";

    /// <summary>The request's handling; null when the path is none of the doors.</summary>
    internal Task? TryHandle(HttpContext context)
    {
        var path = context.Request.Path.Value.AsSpan();
        if (path.EndsWith('/'))
            path = path[..^1];
        if (path.SequenceEqual(Events))
            return HandleAsync(context, Events);
        if (path.SequenceEqual(History))
            return HandleAsync(context, History);
        if (path.SequenceEqual(HistoryEnd))
            return HandleAsync(context, HistoryEnd);
        if (path.SequenceEqual(HistoryUndo))
            return HandleAsync(context, HistoryUndo);
        return path.SequenceEqual(HistoryImports) ? HandleAsync(context, HistoryImports) : null;
    }

    /// <summary>Answers a path that nobody serves.</summary>
    internal Task NotFoundAsync(HttpContext context) => Answers.RefuseAsync(context, RejectCode.NotFound, options.RetryAfterSeconds);

    private async Task HandleAsync(HttpContext context, string door)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            cors.Preflight(context);
            metrics.Answered(door, context.Response.StatusCode);
            return;
        }
        cors.Apply(context);
        using var span = CollectorTracing.Request(context, door);
        DoorResult result;
        try
        {
            result = await EnterAsync(context, door);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to hear an answer; 499 as nginx counts it.
            metrics.Answered(door, StatusCodes.Status499ClientClosedRequest);
            CollectorTracing.Answered(span, door, StatusCodes.Status499ClientClosedRequest, RejectCode.None);
            return;
        }
        catch (OutOfMemoryException)
        {
            // It was for one large allocation, nearly always; the process goes on, and the client has to come again.
            logger.NoMemory(door, options.MaxInFlightBytes >> 20);
            result = RejectCode.Overload;
        }
        catch (Exception e)
        {
            logger.RequestFailed(door, e);
            result = RejectCode.Internal;
        }
        Count(door, result.Code);
        CollectorTracing.Answered(span, door, RejectCodes.Status(result.Code), result.Code);
        await AnswerAsync(context, door, result);
    }

    private void Count(string door, RejectCode code)
    {
        metrics.Answered(door, RejectCodes.Status(code));
        if (code != RejectCode.None)
            metrics.Refused(code);
    }

    private async Task<DoorResult> EnterAsync(HttpContext context, string door)
    {
        if (!(ReferenceEquals(door, HistoryImports) ? HttpMethods.IsGet(context.Request.Method) : HttpMethods.IsPost(context.Request.Method)))
            return RejectCode.Method;
        if (FindKey(context.Request) is not { } key)
            return RejectCode.WriteKey;
        if (!pages.MayUse(key, context.Request))
            return RejectCode.Origin;
        if (ReferenceEquals(door, Events))
            return await events.HandleAsync(context, Lane.Live, key, door);
        if (!key.History)
            return RejectCode.Forbidden;
        return door switch
        {
            History => await events.HandleAsync(context, Lane.History, key, door),
            HistoryEnd => await importEnd.HandleAsync(context, key),
            HistoryUndo => await importUndo.UndoAsync(context, key),
            _ => await importUndo.ListAsync(context, key),
        };
    }

    private WriteKey? FindKey(HttpRequest request)
    {
        Span<byte> presented = stackalloc byte[PresentedKey.MaxBytes];
        return keys.Find(presented[..PresentedKey.Read(request, presented)]);
    }

    private Task AnswerAsync(HttpContext context, string door, DoorResult result)
    {
        if (result.Answer is { } answer)
            return Answers.SendAsync(context, answer);
        // The rest of the body was not read, so the next request's beginning is unknown, or not worth the wait.
        if (result.Code is RejectCode.BodyTooLarge or RejectCode.Timeout or RejectCode.BadRequest or RejectCode.Overload)
            context.Response.Headers.Connection = "close";
        if (result.Code == RejectCode.Method)
            context.Response.Headers.Allow = ReferenceEquals(door, HistoryImports) ? "GET, OPTIONS" : "POST, OPTIONS";
        if (result.Code == RejectCode.WriteKey)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"write key\"";
        return Answers.RefuseAsync(context, result.Code, options.RetryAfterSeconds);
    }
}
