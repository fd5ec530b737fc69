using System.Diagnostics;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>The intake door in a process of its own, over the log at a place, to be killed.</summary>
internal sealed class DoorProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    internal DoorProcess(string place, string? name = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "Collector.Host.dll"), "run", place, .. name is null ? Array.Empty<string>() : [name]])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits until this or another door has put so many records into <c>events</c>, and returns how many there are.</summary>
    internal async Task<long> UntilAsync(long records)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        long now = -1;
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                now = long.Parse(line, null);
                if (now >= records)
                    return now;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"There are {now} records after three minutes, {records} were waited for.");
        }
        throw new InvalidOperationException($"The door ended by itself: {await _errors}");
    }

    /// <summary>kill -9.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
