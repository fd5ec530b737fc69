using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>An engine with a limit of 1 GiB, and what its process holds: memory, threads, descriptors, files.</summary>
internal sealed class StarvationEngine : IAsyncDisposable
{
    /// <summary>The options' default.</summary>
    public const long LimitBytes = 1L << 30;

    public const string Password = "w";

    const int MoreThreads = 96;
    const int MoreDescriptors = 128;

    readonly string _root;
    readonly EngineProcess _process;
    readonly string[] _files;
    readonly int _threads;
    readonly int _descriptors;

    StarvationEngine(EngineProcess process, string root)
    {
        (_process, _root) = (process, root);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2000, UseProxy = false }) { BaseAddress = process.Address, Timeout = TimeSpan.FromMinutes(2) };
        // What this client keeps alive is not left over.
        Http.DefaultRequestHeaders.ConnectionClose = true;
        (_files, _threads, _descriptors) = (Files(), Threads, Descriptors);
    }

    public HttpClient Http { get; }

    public Uri Address => _process.Address;

    public int Port => _process.Address.Port;

    public static async Task<StarvationEngine> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("starvation-").FullName;
        var port = FreePort.Take();
        var process = new EngineProcess(new EngineProcessOptions
        {
            FileName = "dotnet",
            Arguments = [EngineFixture.HostPath, "serve", Path.Combine(root, "engine"), port.ToString()],
            Port = port,
            WriterPassword = Password,
        }, NullLogger.Instance, TimeProvider.System);
        await process.StartAsync(CancellationToken.None);
        // What the first queries bring up is no leak.
        using (var http = new HttpClient { BaseAddress = process.Address })
            await Task.WhenAll(Enumerable.Range(0, 16).Select(i => http.PostAsync(new Uri("/?wait_end_of_query=1", UriKind.Relative), new StringContent($"SELECT sum(number) FROM numbers(1000000) GROUP BY number % {i + 2} FORMAT JSON"))));
        return new StarvationEngine(process, root);
    }

    /// <summary>The most that the process has ever had in memory, bytes, the library's own pages included.</summary>
    public long PeakBytes => 1024 * long.Parse(Status("VmHWM:").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);

    public int Threads => int.Parse(Status("Threads:"));

    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.ProcessId}/fd").Length;

    public bool IsTheSame => _process.Restarts == 0;

    /// <summary>Sends the head of a request, and what of its body is given, on a connection of its own.</summary>
    public async Task<Socket> SendRawAsync(string head, byte[]? body = null, int receiveBytes = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBytes > 0)
            socket.ReceiveBufferSize = receiveBytes;
        await socket.ConnectAsync("127.0.0.1", Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(head + "\r\n\r\n"));
        if (body is not null)
            try
            {
                await socket.SendAsync(body);
            }
            catch (SocketException)
            {
                // Refused before all of it was taken.
            }

        return socket;
    }

    /// <summary>A GET of a statement on a connection of its own, whose answer nobody has read yet.</summary>
    public Task<Socket> AskRawAsync(string sql, string more = "", int receiveBytes = 0)
        => SendRawAsync($"GET /?query={Uri.EscapeDataString(sql)}{more} HTTP/1.1\r\nHost: 127.0.0.1:{Port}", null, receiveBytes);

    /// <summary>What is not as it was at the start; waits for it up to the bound.</summary>
    public async Task<string[]> WhatIsLeftAsync(TimeSpan bound)
    {
        var end = DateTime.UtcNow + bound;
        string[] left;
        do
        {
            await Task.Delay(250);
            left = [.. Left()];
        }
        while (left.Length > 0 && DateTime.UtcNow < end);
        return left;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    IEnumerable<string> Left()
    {
        // Pools of threads shrink slowly, and 64 sessions may each keep a connection with a thread until their time is over.
        if (Threads > _threads + MoreThreads)
            yield return $"{Threads} threads, {_threads} at the start";
        if (Descriptors > _descriptors + MoreDescriptors)
            yield return $"{Descriptors} descriptors, {_descriptors} at the start";
        foreach (var file in Files().Except(_files))
            yield return $"{file} is left";
        foreach (var file in TemporaryFiles())
            yield return $"{file} is open";
    }

    // The engine's own data come and go.
    string[] Files() => [.. Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Where(path =>
        !path.Contains("/store/", StringComparison.Ordinal) && !path.Contains("/data/", StringComparison.Ordinal) && !path.Contains("/metadata", StringComparison.Ordinal))];

    IEnumerable<string> TemporaryFiles()
    {
        foreach (var descriptor in Directory.GetFileSystemEntries($"/proc/{_process.ProcessId}/fd"))
        {
            string? target;
            try
            {
                target = File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
            }
            catch (IOException)
            {
                continue; // Closed meanwhile.
            }

            if (target is not null && target.StartsWith(Path.GetTempPath(), StringComparison.Ordinal) && !target.StartsWith(_root, StringComparison.Ordinal) && !target.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
                yield return target;
        }
    }

    string Status(string name) => File.ReadLines($"/proc/{_process.ProcessId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
