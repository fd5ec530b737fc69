using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.ClickHouse.Embedded.Confinement;
using Tidemark.ClickHouse.Embedded.Http;
using Tidemark.Resilience;

namespace Tidemark.ClickHouse.Embedded.Supervision;

/// <summary>
/// The parent's side of the engine: starts the child, waits until it answers, starts it again when it dies, stops it. The child
/// holds the reading end of a pipe whose writing end is only here, so it ends with this process, however that goes. The pipe's first line is the writer's
/// password: a variable of the environment, or an argument, could be read back by the engine.
/// </summary>
public sealed class EngineProcess(EngineProcessOptions options, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    static readonly TimeSpan _pingInterval = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan _longestRestartDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan _healthy = TimeSpan.FromMinutes(1);

    readonly Backoff _backoff = new(options.RestartDelay, _longestRestartDelay);
    readonly CancellationTokenSource _stop = new();
    readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{options.Port}"), Timeout = TimeSpan.FromSeconds(2) };
    Process? _process;
    Task? _watch;
    int _restarts;
    volatile bool _ready;
    volatile string _lastLine = "";

    /// <summary>Whether the running child has answered /ping.</summary>
    public bool IsReady => _ready;

    /// <summary>How often the child was started again.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>The child's process id, 0 before the first start.</summary>
    public int ProcessId { get; private set; }

    /// <summary>What the system keeps the running child from; null before it has answered.</summary>
    public ConfinementState? Confinement { get; private set; }

    /// <summary>The engine's address.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Starts the child and returns when it answers; throws <see cref="EngineException"/> with the child's own line when it cannot start.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await LaunchAsync(cancellation).ConfigureAwait(false);
        _watch = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>Closes the pipe, waits for the child's drain and kills it by its own id when that takes too long.</summary>
    public async Task StopAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_watch is not null)
            await _watch.ConfigureAwait(false);
        _ready = false;
        if (_process is not { } process)
            return;
        await EndAsync(process, options.StopTimeout).ConfigureAwait(false);
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _http.Dispose();
        _stop.Dispose();
    }

    async Task LaunchAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(options.FileName, options.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var environment = CleanEnvironment.Of(start.Environment, temporary: null, runtimeMemory: null);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Said(line.Data);
        process.ErrorDataReceived += (_, line) => Said(line.Data);
        if (!process.Start())
            throw new EngineException(EngineFailure.Failed, $"the engine's process {options.FileName} could not be started");
        (_process, ProcessId) = (process, process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await SendPasswordAsync(process).ConfigureAwait(false);
        var deadline = time.GetTimestamp();
        while (!await PingAsync(cancellation).ConfigureAwait(false))
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
                throw Failed(process.ExitCode);
            }

            if (time.GetElapsedTime(deadline) > options.StartTimeout)
            {
                await EndAsync(process, TimeSpan.Zero).ConfigureAwait(false);
                throw new EngineException(EngineFailure.Failed, $"the engine did not answer within {options.StartTimeout.TotalSeconds:0} s: {_lastLine}");
            }

            await Task.Delay(_pingInterval, time, cancellation).ConfigureAwait(false);
        }

        _ready = true;
        EngineLog.Ready(logger, process.Id, options.Port);
        if (Confinement?.Warning is { } warning)
            EngineLog.NotConfined(logger, warning);
    }

    async Task SendPasswordAsync(Process process)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(options.WriterPassword + "\n")).ConfigureAwait(false);
            await process.StandardInput.BaseStream.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended at once; its status says why.
        }
    }

    /// <summary>
    /// Not a retry: a start that succeeds is followed by the next one sooner or later, and how long the child lived decides about the pause.
    /// </summary>
    async Task WatchAsync()
    {
        var deaths = 0;
        while (true)
        {
            var since = time.GetTimestamp();
            try
            {
                await _process!.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
                _ready = false;
                EngineLog.Died(logger, ProcessId, _process.ExitCode, _lastLine);
                deaths = time.GetElapsedTime(since) > _healthy ? 0 : deaths;
                await Task.Delay(_backoff.After(deaths++), time, _stop.Token).ConfigureAwait(false);
                Interlocked.Increment(ref _restarts);
                _process.Dispose();
                await LaunchAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is EngineException or System.ComponentModel.Win32Exception)
            {
                EngineLog.NotStarted(logger, e.Message);
            }
        }
    }

    /// <summary>Whether a reader's statement is answered, by the way that readers take: /ping answers while every one of them waits.</summary>
    public async Task<bool> AnswersReadersAsync(CancellationToken cancellation)
    {
        if (!_ready)
            return false;
        try
        {
            using var answer = await _http.GetAsync(new Uri("/?query=SELECT+1", UriKind.Relative), cancellation).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    async Task<bool> PingAsync(CancellationToken cancellation)
    {
        try
        {
            // Another server on the port must not be taken for the child: the child refuses to start then, and exits.
            using var answer = await _http.GetAsync(new Uri("/ping", UriKind.Relative), cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode || Header(answer, EngineRoutes.ProcessHeader) != ProcessId.ToString(CultureInfo.InvariantCulture))
                return false;
            Confinement = ConfinementState.Parse(Header(answer, EngineRoutes.ConfinementHeader));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    static async Task EndAsync(Process process, TimeSpan wait)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Gone already.
        }

        using var timeout = new CancellationTokenSource(wait);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    EngineException Failed(int status)
    {
        var failure = Enum.IsDefined((EngineFailure)status) ? (EngineFailure)status : EngineFailure.Failed;
        return new EngineException(failure, _lastLine.Length > 0 ? _lastLine : $"the engine's process ended with status {status}");
    }

    void Said(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        _lastLine = line;
        EngineLog.Said(logger, line);
    }
}
