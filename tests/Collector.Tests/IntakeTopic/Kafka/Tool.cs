using System.Diagnostics;
using System.Reflection;

namespace Tidemark.Collector.Tests.IntakeTopic.Kafka;

/// <summary>Programs of other people that send to the topic.</summary>
internal static class Tool
{
    /// <summary>As it was named, not as links resolve it: <c>shared</c> is beside that.</summary>
    private static readonly string _root = typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    internal static string NodeFolder { get; } = Path.Combine(_root, "tests", "Collector.Tests", "IntakeTopic", "Kafka", "node");

    /// <summary>Kafka's own tools.</summary>
    internal static string Kafka { get; } = Path.GetFullPath(Path.Combine(_root, "..", "shared", "kafka", "kafka"));

    internal static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs to the end; what it said when it failed, else null.</summary>
    internal static async Task<string?> RunAsync(string program, string[] arguments, string folder = "", byte[]? input = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? [], limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }
        return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {await error} {await output}";
    }
}
