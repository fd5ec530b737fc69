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
        ["collector"] = CollectorHost.Definition,
        ["sessionizer"] = SessionizerHost.Definition,
        ["aggregator"] = AggregatorHost.Definition,
    };

    [Theory]
    [InlineData("collector", "{}")]
    [InlineData("sessionizer", "{}")]
    [InlineData("aggregator", "{}")]
    [InlineData("collector", "example")]
    [InlineData("sessionizer", "example")]
    [InlineData("aggregator", "example")]
    public async Task A_service_starts_with_its_environment_lives_without_Kafka_and_stops_in_order(string service, string env)
    {
        using var folder = new TemporaryFolder();
        var environment = Environment(service, folder, env == "example" ? Example() : []);
        using var process = await ServiceProcess.StartAsync(Programs.Of(service), folder.Path, environment);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await process.StatusAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await process.StatusAsync("/metrics"));

        // What Docker runs as the check, in the same environment.
        var (check, _, _) = await Shell.RunAsync("dotnet", [Programs.Of(service), "health"], folder.Path, environment);
        Assert.Equal(1, check);
        var (status, text) = await process.StopAsync();
        Assert.True(status == 0, text);
    }

    [Theory]
    [InlineData("collector", "Collector__Projcts__0__Name")]
    [InlineData("sessionizer", "Sessionizer__Gapp")]
    [InlineData("aggregator", "Aggregator__Pasword")]
    [InlineData("collector", "Kafka__Bootstrap")]
    public async Task A_name_that_is_no_option_would_be_noticed(string service, string name)
    {
        using var folder = new TemporaryFolder();
        var environment = Environment(service, folder, []);
        environment[name] = "x";
        var (status, _, error) = await Shell.RunAsync("dotnet", [Programs.Of(service)], folder.Path, environment);
        // EX_CONFIG: the service refused its options.
        Assert.Equal(78, status);
        Assert.Contains(name.Split("__")[1], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("sessionizer")]
    [InlineData("aggregator")]
    public void The_ports_are_the_defaults_of_the_code(string service)
    {
        Assert.Equal(service, Definitions[service].Name);
        Assert.DoesNotContain("Http__Port", ComposeFile.Default.Services[service].Environment.Keys);
        Assert.Contains($"EXPOSE {Definitions[service].Port}\n", RepositoryFolder.Read("deploy", "docker", "Dockerfile"), StringComparison.Ordinal);
        Assert.All(ComposeFile.Default.Services[service].Ports, port => Assert.EndsWith($":{Definitions[service].Port}", port, StringComparison.Ordinal));
    }

    /// <summary>As the compose file has it, with the secrets' files in the folder.</summary>
    private static Dictionary<string, string?> Environment(string service, TemporaryFolder folder, Dictionary<string, string> env)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var (name, value) in ComposeFile.Read(env).Services[service].Environment)
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
}
