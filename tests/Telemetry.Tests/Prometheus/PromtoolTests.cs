using System.Diagnostics;
using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>Prometheus's own tool on the files as they are deployed.</summary>
public sealed class PromtoolTests
{
    [SkippableFact]
    public async Task Configuration_IsAccepted() => await RunAsync(["check", "config", "prometheus.yml"]);

    [SkippableFact]
    public async Task Rules_AreAccepted() => await RunAsync(["check", "rules", .. Files("alerts")]);

    [SkippableFact]
    public async Task Rules_PassTheirUnitTests() => await RunAsync(["test", "rules", .. Files("tests")]);

    private static string[] Files(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Prometheus, folder), "*.yml").Order().Select(file => Path.Combine(folder, Path.GetFileName(file))).ToArray();
        Assert.NotEmpty(files);
        return files;
    }

    private static async Task RunAsync(string[] arguments)
    {
        var promtool = Repository.Installed("promtool");
        Skip.If(promtool is null, "alerts are not checked: install promtool (Debian and Ubuntu: package prometheus)");
        using var process = Process.Start(new ProcessStartInfo(promtool!, arguments) { WorkingDirectory = Repository.Prometheus, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"promtool {string.Join(' ', arguments)}:\n{await output}\n{await errors}");
    }
}
