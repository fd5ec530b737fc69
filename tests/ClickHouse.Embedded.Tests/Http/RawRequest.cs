using System.Net.Sockets;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>Puts bytes on the wire as they are.</summary>
internal static class RawRequest
{
    /// <summary>A server that neither answers nor closes is a failure.</summary>
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    /// <summary>All that comes back until the server closes; <paramref name="request"/> has to make it do so.</summary>
    public static async Task<string> SendAsync(int port, string request)
    {
        using var limit = new CancellationTokenSource(_patience);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, limit.Token);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        return await ReadAsync(client, limit.Token);
    }

    public static async Task<string> ReadAsync(TcpClient client, CancellationToken cancellation)
    {
        using var answer = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(answer, cancellation);
        }
        catch (IOException)
        {
            // Reset: what has come by then is the answer.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
