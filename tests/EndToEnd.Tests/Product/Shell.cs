using System.Diagnostics;

namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>Runs a command to its end and keeps what it printed.</summary>
internal static class Shell
{
    internal static string LocalDll { get; } = Path.Combine(AppContext.BaseDirectory, "tidemark.dll");

    internal static Task<(int Status, string Out, string Error)> LocalAsync(params string[] arguments) => RunAsync("dotnet", [LocalDll, .. arguments]);

    internal static async Task<(int Status, string Out, string Error)> RunAsync(string program, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "" };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }
        return (process.ExitCode, await output, await error);
    }
}
