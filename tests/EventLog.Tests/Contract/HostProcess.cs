using System.Diagnostics;

namespace Tidemark.EventLog.Tests.Contract;

/// <summary>tests/EventLog.Host as a child, to be killed with SIGKILL.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal StreamReader Output => _process.StandardOutput;

    internal int Id => _process.Id;

    internal static HostProcess Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "EventLog.Host.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The test runner may not be the dotnet command itself.
        if (Path.GetFileNameWithoutExtension(start.FileName) != "dotnet")
            start.FileName = "dotnet";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new HostProcess(Process.Start(start)!);
    }

    internal async Task WaitForLineAsync(string line, CancellationToken cancellation)
    {
        if (await Output.ReadLineAsync(cancellation) != line)
            Assert.Fail($"the host did not start: {await _errors}");
    }

    /// <summary>What it printed, after it has ended by itself. Fails the test when it ended by a signal or an exception.</summary>
    internal async Task<string> EndAsync(CancellationToken cancellation)
    {
        var output = await Output.ReadToEndAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        if (_process.ExitCode != 0)
            Assert.Fail($"the host ended with {_process.ExitCode} after \"{output.TrimEnd()}\": {await _errors}");
        return output;
    }

    /// <summary>kill -9. Fails the test when the host had ended by itself, since then it was a bug that ended it.</summary>
    internal async Task KillAsync()
    {
        if (_process.HasExited)
            Assert.Fail($"the host ended by itself: {await _errors}");
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
