using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tidemark.Collector.Bodies;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Doors;

/// <summary>
/// What is the same at every door, in the order in which a request is refused: path (404), method (405), key (401), page and permission (403), coding (415), and then the door's own work.
/// Where the key is in the body, the body is read first, within its limits (408, 413, 415, 503).
/// </summary>
internal sealed class DoorPipeline(CollectorOptions options, WriteKeys keys, PagePermission pages, BodyReader bodies, CollectorMetrics metrics, ILogger<DoorPipeline> logger)
{
    /// <summary>Serves one door. Routing passes over the case of a path; a door does not.</summary>
    internal RequestDelegate Of(Door door) => context => IsPath(context.Request.Path.Value, door.Path) ? HandleAsync(context, door) : NotFoundAsync(context);

    /// <summary>Answers a path that nobody serves.</summary>
    internal Task NotFoundAsync(HttpContext context) => Answers.RefuseAsync(context, RejectCode.NotFound, options.RetryAfterSeconds);

    /// <summary>Counts what the framework answers to a browser that asks whether a page may send.</summary>
    internal async Task CountPreflightAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.AccessControlRequestMethod.Count > 0 && context.GetEndpoint()?.Metadata.GetMetadata<Door>() is { } door)
            metrics.Answered(door.Path, context.Response.StatusCode);
    }

    private static bool IsPath(ReadOnlySpan<char> asked, string path) =>
        asked.StartsWith(path, StringComparison.Ordinal) && (asked.Length == path.Length || (asked.Length == path.Length + 1 && asked[^1] == '/'));

    private async Task HandleAsync(HttpContext context, Door door)
    {
        pages.Vary(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            // A browser's preflight was answered before: this is somebody who asks what there is.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = $"{door.Method}, OPTIONS";
            metrics.Answered(door.Path, StatusCodes.Status204NoContent);
            return;
        }
        using var span = CollectorTracing.Request(context, door.Path);
        using var request = new DoorRequest(door, context, bodies);
        DoorResult result;
        try
        {
            result = await EnterAsync(request);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to hear an answer; 499 as nginx counts it.
            metrics.Answered(door.Path, StatusCodes.Status499ClientClosedRequest);
            CollectorTracing.Answered(span, door.Path, StatusCodes.Status499ClientClosedRequest, RejectCode.None);
            return;
        }
        catch (OutOfMemoryException)
        {
            // It was for one large allocation, nearly always; the process goes on, and the client has to come again.
            logger.NoMemory(door.Path, options.MaxInFlightBytes >> 20);
            result = RejectCode.Overload;
        }
        catch (Exception e)
        {
            logger.RequestFailed(door.Path, e);
            result = RejectCode.Internal;
        }
        Count(door, result.Code);
        CollectorTracing.Answered(span, door.Path, RejectCodes.Status(result.Code), result.Code);
        await AnswerAsync(context, door, result);
    }

    private void Count(Door door, RejectCode code)
    {
        metrics.Answered(door.Path, RejectCodes.Status(code));
        if (code != RejectCode.None)
            metrics.Refused(code);
    }

    private async Task<DoorResult> EnterAsync(DoorRequest request)
    {
        var door = request.Door;
        if (!HttpMethods.Equals(request.Http.Method, door.Method))
            return RejectCode.Method;
        var code = Admit(request);
        if (code != RejectCode.None)
            return code;
        if (door.ReadsBody && (code = RequestChecks.Content(request.Http)) != RejectCode.None)
            return code;
        if (door.Key.Body is not null && ((code = await request.ReadBodyAsync()) != RejectCode.None || (code = Admit(request)) != RejectCode.None))
            return code;
        return await door.HandleAsync(request);
    }

    /// <summary>Whether the request's key may do here what it asks for; also when it has none yet, and may have it in its body.</summary>
    private RejectCode Admit(DoorRequest request)
    {
        Span<byte> presented = stackalloc byte[PresentedKey.MaxBytes];
        var places = request.Door.Key;
        var readable = PresentedKey.TryRead(request.Http, places, presented, out var length);
        if (readable && places.Body is { } find)
        {
            if (request.HasBody)
                readable = PresentedKey.TryRead(request.Body, find, presented, ref length);
            else if (length == 0)
                return RejectCode.None;
        }
        if (keys.Find(readable ? presented[..length] : default) is not { } key)
            return RejectCode.WriteKey;
        if (!pages.MayUse(key, request.Http))
            return RejectCode.Origin;
        if (request.Door.History && !key.History)
            return RejectCode.Forbidden;
        request.Key = key;
        return RejectCode.None;
    }

    private Task AnswerAsync(HttpContext context, Door door, DoorResult result)
    {
        if (result.Answer is { } answer)
            return Answers.SendAsync(context, answer);
        // The rest of the body was not read, so the next request's beginning is unknown, or not worth the wait.
        if (result.Code is RejectCode.BodyTooLarge or RejectCode.Timeout or RejectCode.BadRequest or RejectCode.Overload)
            context.Response.Headers.Connection = "close";
        if (result.Code == RejectCode.Method)
            context.Response.Headers.Allow = $"{door.Method}, OPTIONS";
        if (result.Code == RejectCode.WriteKey)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"write key\"";
        return Answers.RefuseAsync(context, result.Code, options.RetryAfterSeconds);
    }
}
