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
        var files = Directory.GetFiles(Path.Combine(DeployFolders.Prometheus, folder), "*.yml").Order().Select(file => Path.Combine(folder, Path.GetFileName(file))).ToArray();
        Assert.NotEmpty(files);
        return files;
    }

    private static async Task RunAsync(string[] arguments)
    {
        Skip.IfNot(Shell.Has("promtool"), "no promtool: install it (Debian and Ubuntu: package prometheus)");
        var (status, output, errors) = await Shell.RunAsync("promtool", arguments, DeployFolders.Prometheus);
        Assert.True(status == 0, $"promtool {string.Join(' ', arguments)}:\n{output}\n{errors}");
    }
}
