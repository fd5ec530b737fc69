using Microsoft.Win32.SafeHandles;

namespace Tidemark.Local.Export;

/// <summary>
/// Standard output for an export, which says when its reader has gone: .NET's own stream passes over that, and the command would tell of events that nobody got.
/// Counts the lines that went out.
/// </summary>
internal sealed class StandardOutput : Stream
{
    /// <summary>What a pipe holds on Linux: written by pieces of that size, the count is off by one piece at most.</summary>
    private const int Piece = 64 << 10;

    private readonly Stream _inner = Open();

    /// <summary>Lines that the reader's end has taken.</summary>
    public long Lines { get; private set; }

    private static Stream Open()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file keeps .NET's own stream, which moves the position that a later writer (2>&1) goes on from.
        return direct.CanSeek ? Console.OpenStandardOutput() : direct;
    }

    /// <exception cref="CommandFailedException">The reader has closed its end.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var piece = rest[..Math.Min(Piece, rest.Length)];
            try
            {
                await _inner.WriteAsync(piece, cancellationToken);
            }
            catch (IOException e) when ((e.HResult & 0xFFFF) == BrokenPipe)
            {
                throw new CommandFailedException($"standard output was closed after {Lines:N0} events, so the export is not whole: what read it has ended");
            }
            Lines += piece.Span.Count((byte)'\n');
            rest = rest[piece.Length..];
        }
    }

    /// <summary>EPIPE, on Linux and macOS.</summary>
    private const int BrokenPipe = 32;

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the export writes without blocking");

    public override void Flush() => _inner.Flush();

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
