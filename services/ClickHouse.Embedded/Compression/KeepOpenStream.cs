namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>Writes to another stream and, when disposed, finishes it unless that is the connection's own.</summary>
internal sealed class KeepOpenStream(Stream inner, bool ownsInner) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (ownsInner)
            await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
