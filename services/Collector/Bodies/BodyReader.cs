using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.HttpHardening.Requests;

namespace Tidemark.Collector.Bodies;

/// <summary>Reads a request's body as it is on the wire; what goes wrong on the way becomes a code.</summary>
internal sealed class BodyReader(CollectorOptions options)
{
    private static readonly TimeSpan _passOver = TimeSpan.FromSeconds(10);

    internal async ValueTask<RejectCode> ReadAsync(HttpContext context, Body body)
    {
        var announced = context.Request.ContentLength;
        if (announced > options.MaxBodyBytes)
            return await PassOverAsync(context, 0);
        // Asked before the client sends it all; what counts is what came, so that slow clients with great announcements do not shut out the others.
        if (!body.Fits(announced ?? 0))
            return RejectCode.Overload;
        try
        {
            var code = await ReadAllAsync(context.Request.BodyReader, body, context.RequestAborted);
            return code == RejectCode.BodyTooLarge ? await PassOverAsync(context, body.Length) : code;
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

    /// <summary>
    /// A client in the middle of sending does not hear the answer when its connection is closed under it, and tries the same again: so what is not far too large is read to
    /// its end and dropped. Who asks first is told at once.
    /// </summary>
    private async ValueTask<RejectCode> PassOverAsync(HttpContext context, long read)
    {
        if (context.Request.ContentLength > options.MaxPassedOverBytes || context.Request.Headers.Expect.Count > 0)
            return RejectCode.BodyTooLarge;
        var reader = context.Request.BodyReader;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(_passOver);
        try
        {
            for (var done = false; !done && read < options.MaxPassedOverBytes;)
            {
                var result = await reader.ReadAsync(limit.Token);
                read += result.Buffer.Length;
                done = result.IsCompleted || result.IsCanceled;
                reader.AdvanceTo(result.Buffer.End);
            }
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException or InvalidDataException || ClientBodyStream.IsMalformed(e))
        {
            // It is refused either way.
        }
        return RejectCode.BodyTooLarge;
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
