using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Tidemark.Testing;

/// <summary>A program that runs beside the test, with all that it writes kept. It is killed when it is disposed of.</summary>
public sealed class ProgramProcess : IAsyncDisposable, IDisposable
{
    /// <summary>Enough for a failure's message; a program that writes more is not remembered further.</summary>
    private const int KeptCharacters = 4_000_000;

    private readonly string _name;
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private ProgramProcess(string name, Process process)
    {
        (_name, _process) = (name, process);
        process.OutputDataReceived += (_, line) => Keep(line.Data, isOutput: true);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, isOutput: false);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What it ended with.</summary>
    public int Status => _process.ExitCode;

    /// <summary>Everything it wrote so far, output and errors.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <param name="program">A path, or a name to be found on the PATH.</param>
    /// <param name="arguments">One element an argument.</param>
    /// <param name="folder">Where it runs; null for the folder of this process.</param>
    /// <param name="environment">Added to this process's own; a null value takes a variable away.</param>
    public static ProgramProcess Start(string program, IEnumerable<string> arguments, string? folder = null, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        var process = Shell.Start(program, arguments, folder, environment);
        process.StandardInput.Close();
        return new ProgramProcess(program, process);
    }

    /// <summary>Starts one of our programs by its assembly.</summary>
    public static ProgramProcess StartOurs(string assembly, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null) =>
        Start("dotnet", [Shell.ProgramFile(assembly), .. arguments], environment: environment);

    /// <summary>The next line of its output that nobody has read; null when it has ended.</summary>
    /// <exception cref="TimeoutException">None came within <see cref="Wait.Limit"/>.</exception>
    public async Task<string?> LineAsync()
    {
        using var limit = new CancellationTokenSource(Wait.Limit);
        return await LineAsync(Wait.Limit, limit.Token);
    }

    /// <summary>Reads lines of its output until the one that is waited for, and returns it.</summary>
    /// <param name="isIt">Whether a line is the one.</param>
    /// <param name="limit">Null for <see cref="Wait.Limit"/>.</param>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    /// <exception cref="TimeoutException">The line did not come within the limit, whatever else did.</exception>
    public async Task<string> LineAsync(Func<string, bool> isIt, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Wait.Limit);
        while (await LineAsync(limit ?? Wait.Limit, patience.Token) is { } line)
        {
            if (isIt(line))
                return line;
        }
        throw new InvalidOperationException($"{_name} ended before the line that was waited for. It said: {Said}");
    }

    /// <summary>Waits until it ends by itself, with all it wrote read, and returns its status.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, and was killed.</exception>
    public async Task<int> EndAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Shell.Limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new TimeoutException($"{_name} did not end within {(limit ?? Shell.Limit).TotalSeconds} s. It said: {Said}");
        }
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, and its status when it has ended.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, and was killed.</exception>
    public async Task<int> StopAsync(TimeSpan? limit = null)
    {
        await SignalAsync("TERM");
        return await EndAsync(limit);
    }

    /// <summary>Sends a signal by name: STOP, CONT, TERM, INT.</summary>
    public Task SignalAsync(string signal) => Shell.SignalAsync(Id, signal);

    /// <summary>kill -9, if it runs.</summary>
    public void Kill() => _process.Kill();

    /// <summary>kill -9, and until it is gone with all it wrote read.</summary>
    public async Task KillAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task<string?> LineAsync(TimeSpan limit, CancellationToken patience)
    {
        try
        {
            patience.ThrowIfCancellationRequested();
            return await _lines.Reader.WaitToReadAsync(patience) && _lines.Reader.TryRead(out var line) ? line : null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not write the line that was waited for within {limit.TotalSeconds} s. It said: {Said}");
        }
    }

    private void Keep(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
                _lines.Writer.TryComplete();
            return;
        }
        lock (_said)
        {
            if (_said.Length < KeptCharacters)
                _said.AppendLine(line);
        }
        if (isOutput)
            _lines.Writer.TryWrite(line);
    }
}
