using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tidemark.EndToEnd.Tests.Browser;

/// <summary>
/// The site of an attacker: under <c>/attacker/</c> it serves the page and takes its report. What else it is asked for it hands on to another port byte for byte, when it has
/// one: then it looks to both sides as if the site's name had come to mean this machine, which is what DNS rebinding does.
/// </summary>
internal sealed class AttackSite : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int? _rebound;
    private readonly string _script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Browser", "attack.js"));
    private readonly TaskCompletionSource<string> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="address">Where it listens; another loopback address than the product's has the product's port free.</param>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="rebound">The port of 127.0.0.1 that requests are handed on to; null: to none.</param>
    internal AttackSite(string address = "127.0.0.1", int port = 0, int? rebound = null)
    {
        _rebound = rebound;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start(512);
        _ = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the page could read, once it has tried everything.</summary>
    internal Task<string> Report => _report.Task;

    /// <summary>What the page is to attack, as JSON.</summary>
    internal string Settings { get; set; } = "{}";

    /// <summary>Where browsers report breaches of the page's policy to, which is a request as well.</summary>
    internal string PolicyReports { get; set; } = "";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[64 << 10];
                var length = 0;
                int head;
                while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
                {
                    var read = await stream.ReadAsync(buffer.AsMemory(length));
                    if (read == 0)
                        return;
                    length += read;
                }
                var target = Encoding.Latin1.GetString(buffer, 0, head).Split(' ')[1];
                if (!target.StartsWith("/attacker/", StringComparison.Ordinal))
                    await HandOnAsync(stream, buffer.AsMemory(0, length));
                else
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(await AnswerAsync(target, stream, buffer, head + 4, length)));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The browser went away.
            }
        }
    }

    private async Task HandOnAsync(NetworkStream browser, ReadOnlyMemory<byte> begun)
    {
        if (_rebound is not { } port)
            return;
        using var product = new TcpClient();
        await product.ConnectAsync(IPAddress.Loopback, port);
        var stream = product.GetStream();
        await stream.WriteAsync(begun);
        await Task.WhenAny(browser.CopyToAsync(stream), stream.CopyToAsync(browser));
    }

    private async Task<string> AnswerAsync(string target, NetworkStream stream, byte[] buffer, int body, int length)
    {
        var uri = new Uri("http://site" + target);
        switch (uri.AbsolutePath)
        {
            case "/attacker/page":
                return Text("200 OK", "text/html", $"<!doctype html><meta charset=utf-8><body><script>const settings = {Settings};</script><script src=/attacker/attack.js></script>",
                    PolicyReports.Length > 0 ? $"Content-Security-Policy-Report-Only: media-src 'none'; report-uri {PolicyReports}\r\n" : "");
            case "/attacker/attack.js":
                return Text("200 OK", "text/javascript", _script);
            case "/attacker/redirect":
                var to = uri.Query["?status=307&to=".Length..];
                return Text($"{uri.Query["?status=".Length..][..3]} Elsewhere", "text/plain", "", $"Location: {Uri.UnescapeDataString(to)}\r\nAccess-Control-Allow-Origin: *\r\n");
            case "/attacker/report":
                var announced = Encoding.Latin1.GetString(buffer, 0, body).Split("\r\n").First(static h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                var report = new byte[int.Parse(announced.Split(':')[1], null)];
                buffer.AsSpan(body, length - body).CopyTo(report);
                await stream.ReadExactlyAsync(report.AsMemory(length - body));
                _report.TrySetResult(Encoding.UTF8.GetString(report));
                return Text("200 OK", "text/plain", "");
            default:
                return Text("404 Not Found", "text/plain", "");
        }
    }

    private static string Text(string status, string type, string body, string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}";
}
