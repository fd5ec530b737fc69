namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// A connection's body for the codecs that know no asynchronous reading or writing: they block a thread of the pool while they wait, which is fine for codings that hardly
/// anybody uses. Closing it leaves the body open.
/// </summary>
internal sealed class BlockingStream(Stream inner) : Stream
{
    long _read;

    public override bool CanRead => inner.CanRead;
    public override bool CanSeek => false;
    public override bool CanWrite => inner.CanWrite;
    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes read so far: the parts of xz are padded by it.</summary>
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.ReadAsync(buffer, offset, count).GetAwaiter().GetResult();
        _read += read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.WriteAsync(buffer, offset, count).GetAwaiter().GetResult();
    public override void Flush() => inner.FlushAsync().GetAwaiter().GetResult();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
