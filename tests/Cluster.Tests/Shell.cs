using System.Diagnostics;

namespace Tidemark.Cluster.Tests;

/// <summary>Runs one of the programs to its end and keeps what it printed.</summary>
internal static class Shell
{
    internal static Task<(int Status, string Out, string Errors)> RunAsync(string program, params string[] arguments) => RunAsync(program, [], arguments);

    internal static async Task<(int Status, string Out, string Errors)> RunAsync(string program, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end: {await output} {await errors}");
        }
        return (process.ExitCode, await output, await errors);
    }
}
