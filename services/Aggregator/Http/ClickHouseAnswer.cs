using System.Net.Sockets;

namespace Tidemark.Aggregator.Http;

/// <summary>The bytes of an answer as they come. A broken connection is a <see cref="ClickHouseException"/>, and so is an answer that ClickHouse cut off, which is how it tells of an error after the first rows.</summary>
public sealed class ClickHouseAnswer(HttpResponseMessage response, Stream body, Uri? address) : IDisposable
{
    /// <summary>0 at the end of a whole answer.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException)
        {
            throw new ClickHouseException($"ClickHouse at {address} broke its answer off: {e.Message}", transient: true, inner: e);
        }
    }

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
