using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// ClickHouse's own framing (compress=1): per block 16 bytes CityHash128 (its version 1.0.2) of all that follows, one byte method
/// (0x82 LZ4), compressed size with these nine header bytes, plain size, data.
/// </summary>
internal sealed class BlockCompressor(Stream inner, bool ownsInner) : WriteOnlyStream
{
    // The server's default block.
    const int BlockBytes = 1 << 20;
    const int HeaderBytes = 9;
    const int ChecksumBytes = 16;

    readonly byte[] _block = new byte[BlockBytes];
    readonly byte[] _frame = new byte[ChecksumBytes + HeaderBytes + LZ4Codec.MaximumOutputSize(BlockBytes)];
    int _filled;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, BlockBytes - _filled)];
            part.CopyTo(_block.AsMemory(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
            if (_filled == BlockBytes)
                await EmitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await EmitAsync(cancellationToken).ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await EmitAsync(default).ConfigureAwait(false);
        if (ownsInner)
            await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    ValueTask EmitAsync(CancellationToken cancellation)
    {
        if (_filled == 0)
            return ValueTask.CompletedTask;
        var packed = LZ4Codec.Encode(_block.AsSpan(0, _filled), _frame.AsSpan(ChecksumBytes + HeaderBytes));
        var frame = _frame.AsSpan(ChecksumBytes, HeaderBytes + packed);
        frame[0] = 0x82;
        BinaryPrimitives.WriteInt32LittleEndian(frame[1..], HeaderBytes + packed);
        BinaryPrimitives.WriteInt32LittleEndian(frame[5..], _filled);
        CityHash102.Write(frame, _frame);
        _filled = 0;
        return inner.WriteAsync(_frame.AsMemory(0, ChecksumBytes + HeaderBytes + packed), cancellation);
    }
}
