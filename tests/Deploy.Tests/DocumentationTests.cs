using System.Reflection;
using System.Text.RegularExpressions;
using Tidemark.Deploy.Tests.Compose;
using Tidemark.EventLog.Kafka;

namespace Tidemark.Deploy.Tests;

/// <summary>What deploy/README.md names, there is.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Text = RepositoryFolder.Read("deploy", "README.md");

    [Fact]
    public void Settings_it_names_are_settings_of_the_compose_file()
    {
        var known = ComposeFile.Default.Variables.Select(v => v.Key).Concat(ComposeFile.Default.Services["grafana"].Environment.Keys).ToHashSet();
        var named = Setting().Matches(Text).Select(m => m.Groups[1].Value).Where(name => name != "_BIND").Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, known));
    }

    [Fact]
    public void Options_of_the_log_it_names_are_options()
    {
        var known = typeof(KafkaLogOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(p => new[] { p.Name, p.Name + "File" }).ToHashSet();
        Assert.All(KafkaOption().Matches(Text).Select(m => m.Groups[1].Value), name => Assert.Contains(name, known));
    }

    [Fact]
    public void Files_and_containers_it_names_are_there()
    {
        foreach (var path in LinkedFile().Matches(Text).Select(m => m.Groups[1].Value).Distinct())
            Assert.True(Path.Exists(RepositoryFolder.PathOf("deploy", path)), path);
        foreach (var container in ComposeVerb().Matches(Text).Select(m => m.Groups[1].Value).Distinct())
            Assert.Contains(container, ComposeFile.Default.Services.Keys);
    }

    [GeneratedRegex("`([A-Z]*_[A-Z_]+)`")]
    private static partial Regex Setting();

    [GeneratedRegex("Kafka__([A-Za-z]+)")]
    private static partial Regex KafkaOption();

    [GeneratedRegex("`((?:\\.\\./|docker/|kafka/|clickhouse/|prometheus/|grafana/)[a-z./-]*)`")]
    private static partial Regex LinkedFile();

    [GeneratedRegex("docker compose (?:exec|run --rm(?: --no-deps)?) ([a-z]+)")]
    private static partial Regex ComposeVerb();
}
