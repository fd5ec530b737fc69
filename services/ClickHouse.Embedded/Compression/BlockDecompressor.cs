using System.Buffers.Binary;
using K4os.Compression.LZ4;
using Tidemark.ClickHouse.Embedded.Http;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>Reads ClickHouse's own framing (decompress=1): blocks of LZ4, ZSTD or plain data, each with its checksum.</summary>
internal sealed class BlockDecompressor(Stream inner, MemoryBudget.Share memory) : ReadOnlyStream
{
    const int HeaderBytes = 9;
    const int ChecksumBytes = 16;

    // Half of ClickHouse's own limit of a block (DBMS_MAX_COMPRESSED_SIZE), so that two of them are an int; clients send 1 MiB.
    const int MaxBlockBytes = 1 << 29;

    readonly byte[] _head = new byte[ChecksumBytes + HeaderBytes];
    byte[] _plain = [];
    int _taken;
    int _position;
    int _length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || (_position == _length && !await NextAsync(cancellationToken).ConfigureAwait(false)))
            return 0;
        var count = Math.Min(buffer.Length, _length - _position);
        _plain.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        var read = await inner.ReadAtLeastAsync(_head, _head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0)
            return false;
        if (read < _head.Length)
            throw EngineErrorException.Of(271, "CANNOT_DECOMPRESS", "Cannot decompress: the last block is cut off");
        var packedSize = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(ChecksumBytes + 1)) - HeaderBytes;
        var plainSize = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(ChecksumBytes + 5));
        if (packedSize is < 0 or > MaxBlockBytes || plainSize is < 0 or > MaxBlockBytes)
            throw EngineErrorException.Of(271, "CANNOT_DECOMPRESS", "Cannot decompress: the size of a block is out of bounds, most likely the body is not compressed");
        // The sizes are the client's words; what they come to is counted before it is there.
        if (packedSize + plainSize > _taken)
        {
            memory.Take((long)packedSize + plainSize - _taken);
            _taken = packedSize + plainSize;
        }

        var block = new byte[HeaderBytes + packedSize];
        _head.AsSpan(ChecksumBytes).CopyTo(block);
        if (await inner.ReadAtLeastAsync(block.AsMemory(HeaderBytes), packedSize, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < packedSize)
            throw EngineErrorException.Of(271, "CANNOT_DECOMPRESS", "Cannot decompress: the last block is cut off");
        if (CityHash102.Hash(block) != (BinaryPrimitives.ReadUInt64LittleEndian(_head), BinaryPrimitives.ReadUInt64LittleEndian(_head.AsSpan(8))))
            throw EngineErrorException.Of(40, "CHECKSUM_DOESNT_MATCH", "Checksum doesn't match: corrupted data");
        if (_plain.Length < plainSize)
            _plain = new byte[plainSize];
        (_position, _length) = (0, Unpack(block.AsSpan(HeaderBytes), block[0], plainSize));
        return true;
    }

    int Unpack(ReadOnlySpan<byte> packed, byte method, int plainSize)
    {
        var written = method switch
        {
            0x02 when packed.TryCopyTo(_plain) => packed.Length,
            0x82 => LZ4Codec.Decode(packed, _plain.AsSpan(0, plainSize)),
            0x90 => Zstd(packed, plainSize),
            _ => throw EngineErrorException.Of(432, "UNKNOWN_CODEC", $"Unknown codec family code: {method}"),
        };
        return written == plainSize ? written : throw EngineErrorException.Of(271, "CANNOT_DECOMPRESS", "Cannot decompress: a block has another size than it says");
    }

    int Zstd(ReadOnlySpan<byte> packed, int plainSize)
    {
        using var zstd = new ZstdSharp.Decompressor();
        return zstd.TryUnwrap(packed, _plain.AsSpan(0, plainSize), out var written) ? written : -1;
    }
}
