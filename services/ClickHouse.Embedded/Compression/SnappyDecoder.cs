using System.Buffers.Binary;
using Snappier;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// Reads snappy as ClickHouse does, in Hadoop's framing: blocks of a plain size and chunks that make it up, each a size and as much raw snappy; sizes are four bytes,
/// big endian.
/// </summary>
internal sealed class SnappyDecoder(Stream inner) : ReadOnlyStream
{
    // Hadoop's buffer is 256 KiB; this is what a body may make the process take at once.
    const int MaxBytes = 64 << 20;

    byte[] _packed = [];
    byte[] _plain = [];
    int _position;
    int _length;
    long _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_position == _length)
        {
            if (!await NextAsync(cancellationToken).ConfigureAwait(false))
                return 0;
        }

        var count = Math.Min(buffer.Length, _length - _position);
        _plain.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        if (_left == 0)
        {
            if (await SizeAsync(mayEnd: true, cancellation).ConfigureAwait(false) is not { } plain)
                return false;
            _left = plain;
            return true;
        }

        var size = (int)(await SizeAsync(mayEnd: false, cancellation).ConfigureAwait(false))!;
        if (_packed.Length < size)
            _packed = new byte[size];
        if (await inner.ReadAtLeastAsync(_packed.AsMemory(0, size), size, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < size)
            throw new InvalidDataException("the last chunk of snappy is cut off");
        Unpack(size);
        return true;
    }

    void Unpack(int size)
    {
        var plain = Snappy.GetUncompressedLength(_packed.AsSpan(0, size));
        if (plain > _left || plain > MaxBytes)
            throw new InvalidDataException("a chunk of snappy is larger than its block says");
        if (_plain.Length < plain)
            _plain = new byte[plain];
        (_position, _length) = (0, Snappy.Decompress(_packed.AsSpan(0, size), _plain));
        _left -= _length;
    }

    async ValueTask<int?> SizeAsync(bool mayEnd, CancellationToken cancellation)
    {
        var bytes = new byte[4];
        var read = await inner.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0 && mayEnd)
            return null;
        var size = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return read == bytes.Length && size is >= 0 and <= MaxBytes ? size : throw new InvalidDataException("not snappy in Hadoop's framing, or cut off");
    }
}
