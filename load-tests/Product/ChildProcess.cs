using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>A part of the product as a process of its own, with all it says kept; started again after each end with the same settings.</summary>
internal sealed class ChildProcess(string name, string assembly, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Uri ready) : IAsyncDisposable
{
    /// <summary>Until a part is ready, on a machine that has much else to do.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private const int KeptCharacters = 4_000_000;

    private static readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    private readonly StringBuilder _said = new();
    private Process? _process;
    private bool _wanted;

    internal string Name => name;

    internal int Id => _process!.Id;

    /// <summary>Processes that it has started itself, from whichever of its threads.</summary>
    internal IReadOnlyList<int> Children() =>
        [.. Directory.GetDirectories($"/proc/{Id}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    internal bool IsRunning => _process is { HasExited: false };

    /// <summary>It was started, nobody stopped it, and it runs no more.</summary>
    internal bool EndedByItself => _wanted && !IsRunning;

    /// <summary>Exit status of the last run.</summary>
    internal int Status => _process!.ExitCode;

    /// <summary>Everything that all its runs wrote, output and errors.</summary>
    internal string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>The end of what it said, under its name.</summary>
    internal string LastWords => Said is var said ? $"--- {name}, last words\n{said[^Math.Min(said.Length, 20_000)..]}" : "";

    /// <summary>CPU seconds of runs that have ended.</summary>
    internal double EarlierCpuSeconds { get; private set; }

    internal void Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Shell.ProgramFile(assembly));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        // The one before is not disposed: somebody may be asking it whether it runs.
        _process = Process.Start(start)!;
        _wanted = true;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal async Task<TimeSpan> StartReadyAsync(CancellationToken cancellation)
    {
        Start();
        return await ReadyAsync(Patience, cancellation);
    }

    /// <summary>Waits until it says that it is ready; throws with all it wrote when it ends before, or takes too long.</summary>
    internal async Task<TimeSpan> ReadyAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (await StatusOfAsync(ready, cancellation) != 200)
        {
            if (_process!.HasExited || clock.Elapsed > patience)
                throw new InvalidOperationException($"{name} does not get ready: {Said}");
            await Task.Delay(50, cancellation);
        }
        return clock.Elapsed;
    }

    /// <summary>kill -9.</summary>
    internal void Kill()
    {
        CountCpu();
        _wanted = false;
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits until it ends by itself, with all that it said read; throws when it does not.</summary>
    internal async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{name} does not end: {Said}");
        }
    }

    /// <summary>SIGTERM, and the time until it has ended.</summary>
    internal async Task<TimeSpan> TerminateAsync(TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        CountCpu();
        _wanted = false;
        Signal("TERM");
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new InvalidOperationException($"{name} did not stop within {patience.TotalSeconds} s of SIGTERM: {Said}");
        }
        return clock.Elapsed;
    }

    /// <summary>Sends a signal by name: STOP, CONT, TERM, INT.</summary>
    internal void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Signal("CONT");
            Signal("TERM");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(35));
            await _process!.WaitForExitAsync(limit.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            if (IsRunning)
                _process!.Kill();
        }
        _process?.Dispose();
    }

    private static async Task<int> StatusOfAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(address, cancellation);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return 0;
        }
    }

    private void CountCpu()
    {
        if (IsRunning)
            EarlierCpuSeconds += ProcessFigures.Of(Id).CpuSeconds;
    }

    private void Keep(string? line)
    {
        lock (_said)
        {
            if (line is not null && _said.Length < KeptCharacters)
                _said.AppendLine(line);
        }
    }
}
