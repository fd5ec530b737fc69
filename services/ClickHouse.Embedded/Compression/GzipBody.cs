using System.IO.Compression;
using System.Security.Cryptography;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// gzip, any number of members, that has to be whole. .NET's GZipStream ends without an exception where the data was cut (dotnet/runtime#72742), and does not say whether it was. So
/// one more member follows the body, whose content nobody outside knows: it comes out at the end if, and only if, everything before it was whole.
/// </summary>
internal sealed class GzipBody : ReadOnlyStream
{
    static readonly byte[] _mark = RandomNumberGenerator.GetBytes(32);
    static readonly byte[] _lastMember = Packed(_mark);

    readonly GZipStream _members;
    readonly byte[] _buffer = new byte[64 << 10];
    int _at;
    int _end;
    bool _ended;

    public GzipBody(Stream body) => _members = new GZipStream(new Followed(body), CompressionMode.Decompress);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_end - _at <= _mark.Length && !_ended)
        {
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
            var read = await _members.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            _ended = read == 0;
        }

        var ready = _end - _at - _mark.Length;
        if (_ended && (ready < 0 || !_buffer.AsSpan(_end - _mark.Length, _mark.Length).SequenceEqual(_mark)))
            throw new InvalidDataException("The gzip data is cut, or followed by something else.");
        var count = Math.Min(ready, buffer.Length);
        _buffer.AsSpan(_at, count).CopyTo(buffer.Span);
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _members.Dispose();
        base.Dispose(disposing);
    }

    static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    sealed class Followed(Stream body) : ReadOnlyStream
    {
        int _given = -1;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given < 0)
            {
                var read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read > 0 || buffer.IsEmpty)
                    return read;
                _given = 0;
            }

            var count = Math.Min(buffer.Length, _lastMember.Length - _given);
            _lastMember.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
    }
}
