using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>A TCP proxy whose link can be slowed, cut, or made to lose answers while it runs: Toxiproxy from the folder <c>shared</c> beside the repository.</summary>
internal sealed class Toxiproxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _api;

    private Toxiproxy(Process process, HttpClient api) => (_process, _api) = (process, api);

    /// <summary>Where the proxy listens.</summary>
    internal int Port { get; private init; }

    /// <summary>What is missing to have one, and what to do; null when nothing is.</summary>
    internal static string? WhyNone { get; } = File.Exists(Server) ? null : "no Toxiproxy: lay the folder shared/toxiproxy beside the repository";

    private static string Server => RepositoryFolder.Shared("toxiproxy", "toxiproxy-server");

    internal static async Task<Toxiproxy> StartAsync(int upstream, CancellationToken cancellation)
    {
        var (apiPort, port) = (FreePort.Take(), FreePort.Take());
        var process = Process.Start(new ProcessStartInfo(Server, ["-host", "127.0.0.1", "-port", Text(apiPort)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{apiPort}/") };
        var proxy = new Toxiproxy(process, api) { Port = port };
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50, cancellation))
        {
            try
            {
                using var made = await api.PostAsJsonAsync("proxies", new { name = "link", listen = $"127.0.0.1:{port}", upstream = $"127.0.0.1:{upstream}" }, cancellation);
                made.EnsureSuccessStatusCode();
                return proxy;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException && clock.Elapsed < TimeSpan.FromMinutes(2))
            {
                // It is starting.
            }
        }
    }

    /// <summary>Every answer takes this much longer.</summary>
    internal Task SlowAsync(TimeSpan latency) => PostAsync("proxies/link/toxics", new { name = "slow", type = "latency", stream = "downstream", attributes = new { latency = (int)latency.TotalMilliseconds } });

    /// <summary>So much of a request gets through in a second, KB.</summary>
    internal Task NarrowAsync(int kilobytes) => PostAsync("proxies/link/toxics", new { name = "narrow", type = "bandwidth", stream = "upstream", attributes = new { rate = kilobytes } });

    /// <summary>Requests arrive, answers never do.</summary>
    internal Task LoseAnswersAsync() => PostAsync("proxies/link/toxics", new { name = "lost", type = "timeout", stream = "downstream", attributes = new { timeout = 0 } });

    /// <summary>Cuts the link, or joins it again.</summary>
    internal Task CutAsync(bool cut) => PostAsync("proxies/link", new { enabled = !cut });

    /// <summary>New connections go to another port; those there are end.</summary>
    internal Task LeadToAsync(int upstream) => PostAsync("proxies/link", new { enabled = true, upstream = $"127.0.0.1:{upstream}" });

    /// <summary>Takes away what <see cref="SlowAsync"/> and <see cref="LoseAnswersAsync"/> did, and joins the link.</summary>
    internal Task HealAsync() => PostAsync("reset", new { });

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task PostAsync(string path, object body)
    {
        using var answer = await _api.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
