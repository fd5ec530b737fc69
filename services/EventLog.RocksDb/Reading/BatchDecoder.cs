using System.Buffers;
using K4os.Compression.LZ4;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Reading;

/// <summary>Checks a stored batch and gives its body; one that was compressed goes to a buffer that is used again for the next.</summary>
internal sealed class BatchDecoder(Partition partition)
{
    private byte[] _buffer = [];

    internal ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> stored, long baseOffset, out BatchHeader header)
    {
        if (!BatchHeader.TryRead(stored.Span, out header))
            throw StoreErrors.AtRead(partition.Id, baseOffset, "its batch has no header of this version");
        if (!BatchHeader.ChecksumMatches(stored.Span, baseOffset))
            throw StoreErrors.AtRead(partition.Id, baseOffset, "its batch does not match its checksum");
        var body = stored[BatchHeader.Size..];
        switch (header.Codec)
        {
            case BatchCodec.None when body.Length == header.BodyLength:
                return body;
            case BatchCodec.Lz4:
                if (_buffer.Length < header.BodyLength)
                {
                    Drop();
                    _buffer = ArrayPool<byte>.Shared.Rent(header.BodyLength);
                }
                if (LZ4Codec.Decode(body.Span, _buffer.AsSpan(0, header.BodyLength)) == header.BodyLength)
                    return _buffer.AsMemory(0, header.BodyLength);
                break;
        }
        throw StoreErrors.AtRead(partition.Id, baseOffset, $"its batch cannot be decoded (codec {(byte)header.Codec})");
    }

    internal void Drop()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
