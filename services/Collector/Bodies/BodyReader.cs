using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Refusals;
using Tidemark.HttpHardening.Requests;

namespace Tidemark.Collector.Bodies;

/// <summary>Reads a request's body and takes its compression off; what goes wrong on the way becomes a code.</summary>
internal sealed class BodyReader(CollectorOptions options, InFlightBytes inFlight, CollectorMetrics metrics)
{
    /// <summary>A body to read into.</summary>
    internal Body NewBody() => new(inFlight);

    /// <summary>Fills an empty body.</summary>
    internal async ValueTask<RejectCode> ReadAsync(HttpContext context, Body body)
    {
        var code = await ReadWireAsync(context, body);
        metrics.Received(body.Length);
        if (code != RejectCode.None)
            return code;
        var packed = Inflater.IsGzip(body.Span) || Inflater.IsZstd(body.Span);
        if (packed != RequestChecks.SaysPacked(context.Request))
            metrics.Mislabelled();
        if (!packed)
            return RejectCode.None;
        using var wire = body.Detach();
        return Inflater.Inflate(wire, body, options.MaxInflatedBytes);
    }

    private async ValueTask<RejectCode> ReadWireAsync(HttpContext context, Body body)
    {
        var announced = context.Request.ContentLength;
        if (announced > options.MaxBodyBytes)
            return RejectCode.BodyTooLarge;
        // Asked before the client sends it all; what counts is what came, so that slow clients with great announcements do not shut out the others.
        if (!body.Fits(announced ?? 0))
            return RejectCode.Overload;
        try
        {
            return await ReadAllAsync(context.Request.BodyReader, body, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => RejectCode.BodyTooLarge,
                StatusCodes.Status408RequestTimeout => RejectCode.Timeout,
                _ => RejectCode.BadRequest,
            };
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException || ClientBodyStream.IsMalformed(e))
        {
            return RejectCode.BadRequest;
        }
    }

    private async ValueTask<RejectCode> ReadAllAsync(PipeReader reader, Body body, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (body.Length + buffer.Length > options.MaxBodyBytes)
            {
                reader.AdvanceTo(buffer.End);
                return RejectCode.BodyTooLarge;
            }
            if (!body.TryReserve(buffer.Length))
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                return RejectCode.Overload;
            }
            foreach (var segment in buffer)
                body.Append(segment.Span);
            reader.AdvanceTo(buffer.End);
            if (result.IsCompleted || result.IsCanceled)
                return result.IsCanceled ? RejectCode.BadRequest : RejectCode.None;
        }
    }
}
