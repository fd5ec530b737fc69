using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Compression;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>An answer's body, for a client that may be slow: one that takes nothing for a time is cut off, so that its query ends and its connection is free.</summary>
internal sealed class PatientStream(Stream body, HttpContext http, TimeSpan patience) : WriteOnlyStream
{
    // The server copies a write whole before it waits for the client: a block of many megabytes goes in pieces.
    const int PieceBytes = 64 << 10;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; buffer.Length > PieceBytes; buffer = buffer[PieceBytes..])
            await WritePieceAsync(buffer[..PieceBytes], cancellationToken).ConfigureAwait(false);
        await WritePieceAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    ValueTask WritePieceAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var writing = body.WriteAsync(buffer, cancellationToken);
        return writing.IsCompletedSuccessfully ? writing : WaitAsync(writing.AsTask(), cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var flushing = body.FlushAsync(cancellationToken);
        return flushing.IsCompletedSuccessfully ? flushing : WaitAsync(flushing, cancellationToken).AsTask();
    }

    // Nothing to do: every write goes to the connection.
    public override void Flush()
    {
    }

    async ValueTask WaitAsync(Task writing, CancellationToken cancellation)
    {
        try
        {
            await writing.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            http.Abort();
            // The bytes belong to the caller again once Kestrel has let go of them.
            await writing.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            throw new OperationCanceledException("the client took nothing of its answer for too long");
        }
    }
}
