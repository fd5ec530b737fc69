using System.Net;
using System.Text.RegularExpressions;
using Tidemark.Deploy.Tests.Services;

namespace Tidemark.Deploy.Tests.Images;

/// <summary>
/// The stages of the Dockerfile that build, without Docker: their instructions, in order, on a folder that holds what .dockerignore lets through. What they leave is what the images
/// contain, so the services are run from there.
/// </summary>
public sealed partial class BuildTests
{
    [SkippableFact]
    public async Task The_build_stage_makes_three_services_that_run()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the images are for Linux, and so are the commands of their Dockerfile: run it there");
        Skip.IfNot(Shell.Has("npm"), "the data sets about user agents come from npm; install Node.js 18 or later");
        using var folder = new TemporaryFolder();
        BuildContext.CopyTo(folder["context"]);
        foreach (var (stage, place) in new[] { ("agents", "agents"), ("build", "src") })
        {
            Directory.CreateDirectory(folder[place]);
            var environment = new Dictionary<string, string?> { ["TARGETARCH"] = Architecture };
            foreach (var instruction in Dockerfile.Stage(stage))
                await ApplyAsync(instruction, folder, place, environment);
        }

        foreach (var service in new[] { "collector", "sessionizer", "aggregator" })
        {
            var files = Directory.GetFiles(folder[$"out/{service}"], "*", SearchOption.AllDirectories);
            Assert.Contains(files, file => file.EndsWith("/appsettings.json", StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => NotForAnImage().IsMatch(Path.GetFileName(file)));
            Assert.InRange(files.Sum(file => new FileInfo(file).Length), 1, 60_000_000);

            var (status, output, error) = await Shell.RunAsync("dotnet", [$"tidemark-{service}.dll", "--version"], folder[$"out/{service}"]);
            Assert.True(status == 0, error);
            Assert.StartsWith($"tidemark-{service} ", output, StringComparison.Ordinal);
        }

        // This one needs no secret. It runs with the Kafka library that is left; no broker answers on port 1.
        using var sessionizer = await ServiceProcess.StartAsync("tidemark-sessionizer.dll", folder["out/sessionizer"], new() { ["Kafka__BootstrapServers"] = "127.0.0.1:1" });
        Assert.Contains("\"kafka\":{\"status\":\"unhealthy\"", await ReadyAsync(sessionizer), StringComparison.Ordinal);
        var (ended, text) = await sessionizer.StopAsync();
        Assert.True(ended == 0, text);
    }

    private static async Task<string> ReadyAsync(ServiceProcess service)
    {
        using var answer = await service.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Architecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static async Task ApplyAsync(Dockerfile.Instruction instruction, TemporaryFolder folder, string place, Dictionary<string, string?> environment)
    {
        switch (instruction.Name)
        {
            case "ARG" or "ENV":
                foreach (var pair in instruction.Text.Split(' ').Select(p => p.Split('=', 2)))
                    environment.TryAdd(pair[0], pair[1]);
                break;
            case "WORKDIR":
                Assert.Equal("/" + place, instruction.Text);
                break;
            case "COPY":
                var sources = instruction.Sources.Select(s => instruction.From is null ? folder[$"context/{s}"] : folder[s.TrimStart('/')]).ToList();
                await ShellAsync($"cp -r {string.Join(' ', sources.Select(s => $"'{s}'"))} '{folder[place]}/{Target(instruction, sources[0], folder[place])}'", folder[place], environment);
                break;
            case "RUN":
                await ShellAsync(instruction.Text.Replace("/out/", folder["out"] + "/", StringComparison.Ordinal), folder[place], environment);
                break;
            default:
                Assert.Fail($"{instruction.Name} is not known to this test");
                break;
        }
    }

    /// <summary>A folder's content goes into the target, which is made; a trailing slash makes it a folder for files too.</summary>
    private static string Target(Dockerfile.Instruction instruction, string source, string place)
    {
        var target = instruction.Text.Split(' ')[^1];
        Directory.CreateDirectory(Path.Combine(place, target.EndsWith('/') ? target : Path.GetDirectoryName(target)!));
        return Directory.Exists(source) ? Path.GetDirectoryName(target)! : target;
    }

    private static async Task ShellAsync(string command, string place, Dictionary<string, string?> environment)
    {
        // The test's own MSBuild settings must not reach the build.
        var clean = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToDictionary(name => name, string? (_) => null);
        var (status, output, error) = await Shell.RunAsync("bash", ["-ec", command], place, [.. clean, .. environment]);
        Assert.True(status == 0, $"{command}\n{output}{error}");
    }

    // Libraries of the local edition and of Alpine, tests, and other systems' native code.
    [GeneratedRegex("rocksdb.*\\.so|alpine|chdb|xunit|\\.dylib$|^lib.*\\.dll$")]
    private static partial Regex NotForAnImage();
}
