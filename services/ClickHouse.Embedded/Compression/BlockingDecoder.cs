namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>Reads from a decoder that blocks, on a thread of the pool; whatever it throws at damaged data becomes <see cref="InvalidDataException"/>.</summary>
internal sealed class BlockingDecoder(Func<Stream> open) : ReadOnlyStream
{
    Stream? _decoder;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var block = new byte[Math.Min(buffer.Length, 64 << 10)];
        var read = await Task.Run(() => Read(block), cancellationToken).ConfigureAwait(false);
        block.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    int Read(byte[] block)
    {
        try
        {
            // Some read the head when they are made.
            _decoder ??= open();
            return _decoder.Read(block, 0, block.Length);
        }
        catch (Exception e) when (e is not (Microsoft.AspNetCore.Http.BadHttpRequestException or OperationCanceledException or InvalidDataException))
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _decoder?.Dispose();
        base.Dispose(disposing);
    }
}
