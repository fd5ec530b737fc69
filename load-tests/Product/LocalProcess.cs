using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>The local edition as its users start it, on a data folder and free ports of its own.</summary>
internal sealed class LocalProcess : IProduct, IAsyncDisposable
{
    private readonly string[] _options;
    private readonly StringBuilder _said = new();
    private Process? _process;

    internal LocalProcess(string folder, params string[] options)
    {
        Folder = folder;
        _options = options;
        HttpPort = FreePort.Take();
        SqlPort = FreePort.Take();
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Edition => "local edition";

    public string Key => "local";

    internal string Folder { get; }

    internal int HttpPort { get; }

    internal int SqlPort { get; }

    public HttpClient Http { get; }

    /// <summary>What the process has printed so far.</summary>
    internal string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    internal int Id => _process!.Id;

    internal Uri Door(string path) => new($"http://127.0.0.1:{HttpPort}{path}");

    public IReadOnlyList<Uri> Doors(string path) => [Door(path)];

    public IReadOnlyList<(string Name, int Id)> Processes() => [("services", Id), ("engine", Children().Single())];

    public IReadOnlyList<(string What, long Bytes)> Disk() =>
        [.. Directory.GetDirectories(Folder).Order().Select(folder => (Path.GetFileName(folder), ProcessFigures.FolderBytes(folder)))];

    /// <summary>When the doors answered 200 again, and when everything was ready, both from the start of the process.</summary>
    internal async Task<(TimeSpan Doors, TimeSpan Ready)> StartAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[Shell.ProgramFile("tidemark.dll"), "run", "--data", Folder,
            "--http-port", HttpPort.ToString(CultureInfo.InvariantCulture), "--sql-port", SqlPort.ToString(CultureInfo.InvariantCulture), .. _options])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_said, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_said, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        TimeSpan? doors = null;
        while (!await AnswersAsync("/health/ready", cancellation))
        {
            if (doors is null && await AnswersAsync("/health/live", cancellation))
                doors = clock.Elapsed;
            if (_process.HasExited || clock.Elapsed > ChildProcess.Patience)
                throw new InvalidOperationException($"the product does not get ready: {Said}");
            await Task.Delay(50, cancellation);
        }
        return (doors ?? clock.Elapsed, clock.Elapsed);
    }

    internal void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ids of the process's children, from whichever of its threads: the engine.</summary>
    internal IReadOnlyList<int> Children() =>
        [.. Directory.GetDirectories($"/proc/{Id}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    public async Task<string> SqlAsync(string query, CancellationToken cancellation)
    {
        using var answer = await Http.PostAsync(new Uri($"http://127.0.0.1:{SqlPort}/?database=tidemark&user=reader&default_format=TSVRaw"),
            new StringContent(query), cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? text.TrimEnd('\n') : throw new InvalidOperationException(text);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            using var stop = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
                _process.Kill();
        }
        Http.Dispose();
        _process?.Dispose();
        await Task.CompletedTask;
    }

    private async Task<bool> AnswersAsync(string health, CancellationToken cancellation)
    {
        try
        {
            using var answer = await Http.GetAsync(Door(health), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private static void Keep(StringBuilder said, string? line)
    {
        lock (said)
        {
            if (line is not null && said.Length < 20_000)
                said.AppendLine(line);
        }
    }
}
