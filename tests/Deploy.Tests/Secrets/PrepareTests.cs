using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Secrets;

/// <summary>deploy/docker/prepare.sh in a shell, on folders in the place of volumes; chown is a stand-in that writes down what it was asked.</summary>
public sealed class PrepareTests : IDisposable
{
    private static readonly string[] Files =
        ["collector/history-key", "collector/write-key", "grafana/admin-password", "grafana/secret-key", "reader/password", "writer/password"];

    private readonly TemporaryFolder _folder = new();

    public PrepareTests()
    {
        foreach (var volume in new[] { "secrets/collector", "secrets/writer", "secrets/reader", "secrets/grafana", "data", "bin" })
            Directory.CreateDirectory(_folder[volume]);
        _folder.Script("bin/chown", $"#!/bin/sh\necho \"$@\" >> {_folder["owners"]}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Missing_secrets_are_made_at_random_and_kept_from_then_on()
    {
        Assert.Equal(0, (await PrepareAsync("make")).Status);
        var first = Secrets();
        // 24 random bytes; base64 without characters that a URL, a shell or basic authentication would trip over.
        Assert.All(first, secret => Assert.Matches("^[A-Za-z0-9_-]{32}$", secret));
        Assert.Equal(Files.Length, first.Distinct().Count());
        Assert.Equal(0, (await PrepareAsync("make")).Status);
        Assert.Equal(first, Secrets());
    }

    [Fact]
    public async Task What_env_gives_replaces_what_is_there_and_nothing_else()
    {
        await PrepareAsync("make");
        var before = Secrets();
        await PrepareAsync("make", ("COLLECTOR_WRITE_KEY", "mine"), ("CLICKHOUSE_READER_PASSWORD", "it's $HOME \"quoted\""));
        var after = Secrets();
        Assert.Equal("mine", after[1]);
        Assert.Equal("it's $HOME \"quoted\"", after[4]);
        Assert.Equal(before.Where((_, i) => i is not (1 or 4)), after.Where((_, i) => i is not (1 or 4)));
    }

    [Fact]
    public async Task Every_variable_that_the_compose_file_passes_is_taken()
    {
        var passed = Compose.ComposeFile.Default.Services["prepare"].Environment.Keys.Select((name, i) => (name, $"given-{i}")).ToArray();
        await PrepareAsync("make", passed);
        Assert.Equal(passed.Select(p => p.Item2).Order(), Secrets().Order());
    }

    [Fact]
    public async Task Volumes_belong_to_the_users_that_the_containers_run_as()
    {
        await PrepareAsync("make");
        var owners = (await File.ReadAllLinesAsync(_folder["owners"])).Select(line => line.Split(' ')).ToDictionary(w => w[1], w => w[0]);
        foreach (var (name, service) in Compose.ComposeFile.Default.Services.Where(s => s.Key != "prepare"))
        {
            foreach (var volume in service.Volumes.Where(v => v is { Type: "volume", ReadOnly: false }))
            {
                var prepared = Compose.ComposeFile.Default.Services["prepare"].Volumes.Single(v => v.Source == volume.Source).Target;
                Assert.True(owners.GetValueOrDefault(_folder.Path + prepared) == service.User, $"{name} runs as {service.User}, but {prepared} belongs to {owners.GetValueOrDefault(_folder.Path + prepared)}");
            }
        }
    }

    [Fact]
    public async Task Show_prints_them()
    {
        await PrepareAsync("make");
        var (status, output, _) = await PrepareAsync("show");
        Assert.Equal(0, status);
        // Grafana's own key is of no use to people.
        Assert.All(Secrets().Where((_, i) => Files[i] != "grafana/secret-key"), secret => Assert.Contains(secret, output, StringComparison.Ordinal));
        Assert.Equal(5, Regex.Count(output, "\n"));
    }

    [Fact]
    public async Task Anything_else_is_refused() => Assert.Equal(2, (await PrepareAsync("remove")).Status);

    private string[] Secrets() => [.. Files.Select(f => File.ReadAllText(_folder["secrets/" + f]).TrimEnd('\n'))];

    private Task<ShellResult> PrepareAsync(string verb, params (string Name, string Value)[] environment) =>
        Shell.RunAsync(
            "sh",
            [RepositoryFolder.PathOf("deploy", "docker", "prepare.sh"), verb],
            environment:
            [
                new("SECRETS_DIR", _folder["secrets"]), new("DATA_DIR", _folder["data"]), new("PATH", _folder["bin"] + ":" + Environment.GetEnvironmentVariable("PATH")),
                .. environment.Select(e => new KeyValuePair<string, string?>(e.Name, e.Value)),
            ]);
}
