using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>A client that puts bytes on the wire as they are.</summary>
internal sealed class RawClient : IDisposable
{
    internal const string Closed = "<closed>";

    /// <summary>A server that does not answer is a failure; how fast it answers is not judged.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TcpClient _client = new();

    private RawClient()
    {
    }

    internal static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    internal async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>All that comes back, with <see cref="Closed"/> behind it when the server closed: until then, or until a whole answer is there that leaves the connection open.</summary>
    internal async Task<string> AnswerAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var answer = new StringBuilder();
        var buffer = new byte[64 << 10];
        try
        {
            while (!IsWhole(answer.ToString()))
            {
                var read = await _client.GetStream().ReadAsync(buffer, limit.Token);
                if (read == 0)
                    return answer.Append(Closed).ToString();
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
            return answer.ToString();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the server neither answers nor closes; so far: {answer}");
        }
        catch (IOException)
        {
            return answer.Append(Closed).ToString();
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Headers that promise no close, and the body that they announce.</summary>
    private static bool IsWhole(string answer)
    {
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (head < 4 || answer.StartsWith("HTTP/1.1 100", StringComparison.Ordinal) || answer.AsSpan(0, head).Contains("Connection: close", StringComparison.OrdinalIgnoreCase))
            return false;
        const string announced = "\r\nContent-Length: ";
        var length = answer.IndexOf(announced, StringComparison.OrdinalIgnoreCase);
        return length >= 0 && length < head
            ? answer.Length >= head + int.Parse(answer.AsSpan(length + announced.Length, answer.IndexOf('\r', length + 2) - length - announced.Length), CultureInfo.InvariantCulture)
            : answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }
}
