using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Compose;

/// <summary>The file through the parser of docker compose itself.</summary>
public sealed partial class ResolutionTests
{
    [SkippableFact]
    public async Task It_resolves_without_an_env_file_and_opens_everything_to_this_machine_only()
    {
        var resolved = await ResolveAsync(null);
        Assert.Equal(5, HostAddress().Count(resolved));
        Assert.All(HostAddress().Matches(resolved), m => Assert.Equal("127.0.0.1", m.Groups[1].Value));
    }

    [SkippableFact]
    public async Task It_resolves_with_every_line_of_the_example_taken_in()
    {
        var example = EnvExample.WithAllSettings();
        var resolved = await ResolveAsync(example.Replace("COLLECTOR_BIND=127.0.0.1", "COLLECTOR_BIND=0.0.0.0", StringComparison.Ordinal));
        Assert.Equal(["0.0.0.0"], HostAddress().Matches(resolved).Select(m => m.Groups[1].Value).Except(["127.0.0.1"]));
    }

    [SkippableFact]
    public async Task What_env_gives_reaches_the_containers()
    {
        var resolved = await ResolveAsync("COLLECTOR_WRITE_KEY=k1\nSESSIONIZER_GAP=45m\nKAFKA_PARTITIONS=16\n");
        Assert.Contains("COLLECTOR_WRITE_KEY: k1", resolved, StringComparison.Ordinal);
        Assert.Contains("Sessionizer__Gap: 45m", resolved, StringComparison.Ordinal);
        // Below the services the resolved file repeats the x- parts.
        Assert.Equal(3, Regex.Count(resolved.Split("\nx-")[0], """Kafka__Partitions: "16"$""", RegexOptions.Multiline));
    }

    [SkippableFact]
    public async Task A_reference_to_nothing_is_found()
    {
        var tool = CheckTools.PathOf("compose-check");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["docker-compose.yml"], ComposeFile.Text.Replace("kafka: { condition", "kafak: { condition", StringComparison.Ordinal));
        var (status, _, error) = await Shell.RunAsync(tool, ["docker-compose.yml"], folder.Path);
        Assert.Equal(1, status);
        Assert.Contains("kafak", error, StringComparison.Ordinal);
    }

    private static async Task<string> ResolveAsync(string? env)
    {
        var tool = CheckTools.PathOf("compose-check");
        using var folder = new TemporaryFolder();
        File.Copy(RepositoryFolder.PathOf("docker-compose.yml"), folder["docker-compose.yml"]);
        var (status, output, error) = await Shell.RunAsync(tool, ["docker-compose.yml"], folder.Path, [.. WithoutOurVariables(), .. Given(env ?? "")]);
        Assert.True(status == 0, error);
        return output;
    }

    // The tool replaces variables as docker compose does, but from the environment alone: the lines of .env are given to it that way.
    private static IEnumerable<KeyValuePair<string, string?>> Given(string env) =>
        env.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#').Select(line => line.Split('=', 2)).Select(p => new KeyValuePair<string, string?>(p[0], p[1]));

    // The environment wins over .env, and whoever runs the tests may have some of these set for himself.
    private static Dictionary<string, string?> WithoutOurVariables() => ComposeFile.Default.Variables.ToDictionary(v => v.Key, string? (_) => null);

    [GeneratedRegex("host_ip: (.*)")]
    private static partial Regex HostAddress();
}
