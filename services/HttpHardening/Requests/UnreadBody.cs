using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tidemark.HttpHardening.Requests;

/// <summary>
/// The rest of a body after its request was refused. A client in the middle of sending hears no answer when its connection is closed under it (the reset drops what was
/// on its way, RFC 9112, 9.6), and sends the same again. So the answer goes first, and what still comes is read and dropped, within bounds.
/// </summary>
internal static class UnreadBody
{
    /// <summary>How long it is waited for at most; the time that Kestrel gives to it is 5 s and begins after this.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends the answer to its end and reads what is left. Nothing to do for an answer of success, whose handler has read all that it wanted.</summary>
    internal static async Task DropAsync(HttpContext context, CancellationToken stopping)
    {
        if (!MayBeLeft(context))
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        limit.CancelAfter(_patience);
        try
        {
            await context.Response.CompleteAsync();
            // The limit is for who reads a body to use it. It cannot be changed when reading has begun.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                size.MaxRequestBodySize = null;
            await DropAsync(context.Request.BodyReader, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException or BadHttpRequestException || ClientBodyStream.IsMalformed(e))
        {
            // The answer is out; what went wrong behind it is the client's.
        }
    }

    private static bool MayBeLeft(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode >= StatusCodes.Status400BadRequest
            && (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
            // Who asks before sending is told, and sends nothing.
            && request.Headers.Expect.Count == 0
            // Where the message ends is not known.
            && Framing.Fault(request) is null
            && !context.RequestAborted.IsCancellationRequested;
    }

    private static async Task DropAsync(PipeReader body, CancellationToken cancellation)
    {
        for (var left = DoorLimits.DroppedBytes; left > 0;)
        {
            var result = await body.ReadAsync(cancellation);
            left -= result.Buffer.Length;
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled)
                return;
        }
    }
}
