using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Compose;

public sealed partial class SecretTests
{
    [Fact]
    public void No_secret_stands_in_the_compose_file_or_the_example()
    {
        foreach (var (service, name, value) in ComposeFile.Default.Services.SelectMany(s => s.Value.Environment, (s, e) => (s.Key, e.Key, e.Value)))
        {
            if (Secret().IsMatch(name))
                Assert.True(value is null or "" or "true" || value.StartsWith("/run/secrets/", StringComparison.Ordinal), $"{service}: {name} has a value in the file");
        }
        Assert.All(EnvExample.Settings.Where(s => Secret().IsMatch(s.Key)), s => Assert.Equal([""], s));
    }

    [Fact]
    public void A_container_sees_only_the_secrets_it_needs()
    {
        var seen = from service in ComposeFile.Default.Services
                   where service.Key != "prepare"
                   from volume in service.Value.Volumes
                   where volume.Source.Contains("secret", StringComparison.Ordinal)
                   select $"{service.Key} {volume.Source}{(volume.ReadOnly ? "" : " writable")}";
        Assert.Equal(
            ["aggregator writer-secret", "clickhouse reader-secret", "clickhouse writer-secret", "collector collector-secrets", "grafana grafana-secrets", "grafana reader-secret"],
            seen.Order());
    }

    [Fact]
    public void Every_file_that_a_container_reads_is_one_that_prepare_makes()
    {
        var made = MadeFile().Matches(RepositoryFolder.Read("deploy", "docker", "prepare.sh")).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(6, made.Count);
        var prepare = ComposeFile.Default.Services["prepare"].Volumes.Where(v => v.Target.StartsWith("/secrets/", StringComparison.Ordinal));
        Assert.Equal(made.Select(m => "/secrets/" + m.Split('/')[0]).Distinct().Order(), prepare.Select(v => v.Target).Order());

        var read = ComposeFile.Default.Services.Values
            .SelectMany(s => s.Environment.Values.OfType<string>().Concat(s.Entrypoint))
            .SelectMany(text => ReadFile().Matches(text)).Select(m => m.Groups[1].Value).Distinct();
        Assert.Equal(made.Order(), read.Order());
    }

    [GeneratedRegex("(?i)password|secret|key")]
    private static partial Regex Secret();

    [GeneratedRegex(@"secret ([a-z]+/[a-z-]+) """)]
    private static partial Regex MadeFile();

    [GeneratedRegex("/run/secrets/([a-z]+/[a-z-]+)")]
    private static partial Regex ReadFile();
}
