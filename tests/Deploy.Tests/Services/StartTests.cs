using System.Net;
using Tidemark.Aggregator.Hosting;
using Tidemark.Collector.Hosting;
using Tidemark.Deploy.Tests.Compose;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.Sessionizer.Hosting;

namespace Tidemark.Deploy.Tests.Services;

/// <summary>The executables with the environment that the compose file gives them: they refuse a key that is no option, a value that is none, and a required one that is missing.</summary>
public sealed class StartTests
{
    private static readonly Dictionary<string, ServiceDefinition> Definitions = new()
    {
        ["Collector"] = CollectorHost.Definition,
        ["Sessionizer"] = SessionizerHost.Definition,
        ["Aggregator"] = AggregatorHost.Definition,
    };

    [Theory]
    [InlineData("Collector", "{}")]
    [InlineData("Sessionizer", "{}")]
    [InlineData("Aggregator", "{}")]
    [InlineData("Collector", "example")]
    [InlineData("Sessionizer", "example")]
    [InlineData("Aggregator", "example")]
    public async Task A_service_starts_with_its_environment_lives_without_Kafka_and_stops_in_order(string assembly, string env)
    {
        using var folder = new TemporaryFolder();
        var environment = Environment(assembly, folder, env == "example" ? Example() : []);
        using var service = await ServiceProcess.StartAsync(Assembly(assembly), folder.Path, environment);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await service.StatusAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await service.StatusAsync("/metrics"));

        // What Docker runs as the check, in the same environment.
        var (check, _, _) = await Command.RunAsync("dotnet", [Assembly(assembly), "health"], folder.Path, environment);
        Assert.Equal(1, check);
        var (status, text) = await service.StopAsync();
        Assert.True(status == 0, text);
    }

    [Theory]
    [InlineData("Collector", "Collector__Projcts__0__Name")]
    [InlineData("Sessionizer", "Sessionizer__Gapp")]
    [InlineData("Aggregator", "Aggregator__Pasword")]
    [InlineData("Collector", "Kafka__Bootstrap")]
    public async Task A_name_that_is_no_option_would_be_noticed(string assembly, string name)
    {
        using var folder = new TemporaryFolder();
        var environment = Environment(assembly, folder, []);
        environment[name] = "x";
        var (status, _, error) = await Command.RunAsync("dotnet", [Assembly(assembly)], folder.Path, environment);
        // EX_CONFIG: the service refused its options.
        Assert.Equal(78, status);
        Assert.Contains(name.Split("__")[1], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Collector")]
    [InlineData("Sessionizer")]
    [InlineData("Aggregator")]
    public void The_ports_are_the_defaults_of_the_code(string assembly)
    {
        var name = assembly.ToLowerInvariant();
        Assert.Equal(name, Definitions[assembly].Name);
        Assert.DoesNotContain("Http__Port", ComposeFile.Default.Services[name].Environment.Keys);
        Assert.Contains($"EXPOSE {Definitions[assembly].Port}\n", Repository.Read("deploy", "docker", "Dockerfile"), StringComparison.Ordinal);
        Assert.All(ComposeFile.Default.Services[name].Ports, port => Assert.EndsWith($":{Definitions[assembly].Port}", port, StringComparison.Ordinal));
    }

    /// <summary>As the compose file has it, with the secrets' files in the folder.</summary>
    private static Dictionary<string, string?> Environment(string assembly, TemporaryFolder folder, Dictionary<string, string> env)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var (name, value) in ComposeFile.Read(env).Services[assembly.ToLowerInvariant()].Environment)
        {
            environment[name] = value?.Replace("/run/secrets", folder["secrets"], StringComparison.Ordinal) ?? "";
            if (environment[name] is { } path && path.StartsWith(folder["secrets"], StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, $"secret-of-{name}\n");
            }
        }
        return environment;
    }

    private static Dictionary<string, string> Example()
    {
        var values = EnvExample.Settings.ToDictionary(s => s.Key, s => s.Single());
        // Where the default is the service's own, the value that the line above it names.
        values["SESSIONIZER_GAP"] = "30m";
        values["SESSIONIZER_DISORDER"] = "30s";
        values["SESSIONIZER_LATENESS"] = "2h";
        values["KAFKA_RETENTION"] = "90d";
        values["COLLECTOR_ALLOWED_ORIGINS"] = "https://www.example.org,https://shop.example.org";
        values["OTLP_ENDPOINT"] = "http://otel-collector:4317";
        values["OTLP_SAMPLE_RATIO"] = "0.01";
        return values;
    }

    // Built along with this project, in the same configuration.
    private static string Assembly(string assembly)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Repository.PathOf("services", assembly, "bin", framework.Parent!.Name, framework.Name, $"{assembly}.dll");
    }
}
