using System.Buffers;
using System.IO.Compression;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>Brotli that has to be whole: .NET's BrotliStream ends without an exception where the data was cut.</summary>
internal sealed class BrotliBody(Stream body) : ReadOnlyStream
{
    readonly byte[] _packed = new byte[64 << 10];
    BrotliDecoder _decoder;
    int _at;
    int _end;
    bool _begun;
    bool _done;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_done && !buffer.IsEmpty)
        {
            var status = _decoder.Decompress(_packed.AsSpan(_at, _end - _at), buffer.Span, out var consumed, out var written);
            _at += consumed;
            _done = status == OperationStatus.Done;
            if (status == OperationStatus.InvalidData || (_done && _at < _end))
                throw new InvalidDataException("The brotli data is damaged, or followed by something else.");
            if (written > 0)
                return written;
            if (status != OperationStatus.NeedMoreData)
                continue;
            (_at, _end) = (0, await body.ReadAsync(_packed, cancellationToken).ConfigureAwait(false));
            if (_end == 0 && _begun)
                throw new InvalidDataException("The brotli data is cut.");
            _done = _end == 0;
            _begun = true;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _decoder.Dispose();
        base.Dispose(disposing);
    }
}
