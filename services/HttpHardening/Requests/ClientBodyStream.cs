using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Requests;

/// <summary>
/// A chunked body whose trailers may be broken. Kestrel answers NUL and invalid UTF-8 in them with <see cref="InvalidOperationException"/>, which looks like a mistake of
/// whoever reads; here it is the client's.
/// </summary>
public sealed class ClientBodyStream : Stream
{
    private readonly Stream _inner;

    private ClientBodyStream(Stream inner) => _inner = inner;

    /// <summary>Puts itself around the request's body where there can be trailers.</summary>
    public static void Guard(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.TransferEncoding.Count > 0)
            request.Body = new ClientBodyStream(request.Body);
    }

    /// <summary>Whether reading a body ended with this because of what the client sent.</summary>
    public static bool IsMalformed(Exception e) => e is InvalidOperationException and not ObjectDisposedException;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            throw new BadHttpRequestException("The request's trailers are malformed", StatusCodes.Status400BadRequest, e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
