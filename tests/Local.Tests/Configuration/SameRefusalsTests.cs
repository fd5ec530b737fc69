using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration.Memory;
using Tidemark.Aggregator.Hosting;
using Tidemark.Collector.Hosting;
using Tidemark.Local.Configuration;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.Sessionizer;
using Tidemark.Sessionizer.Hosting;

namespace Tidemark.Local.Tests.Configuration;

/// <summary>A setting is read by the same rules in both editions: refused with the same words, and by default the same.</summary>
public sealed partial class SameRefusalsTests : IDisposable
{
    private static readonly OptionSection[] _services = [.. SessionizerHost.Definition.Sections, .. CollectorHost.Definition.Sections, .. AggregatorHost.Definition.Sections];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-same-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Sessionizer:Gap", "soon")]
    [InlineData("Sessionizer:Gap", "0s")]
    [InlineData("Sessionizer:Gap", "366d")]
    [InlineData("Sessionizer:Gap", "13h")]
    [InlineData("Sessionizer:Disorder", "-1s")]
    [InlineData("Sessionizer:Disorder", "5")]
    [InlineData("Sessionizer:Lateness", "400d")]
    [InlineData("Sessionizer:MaxDuration", "10m")]
    [InlineData("Sessionizer:MaxDuration", "0s")]
    [InlineData("Sessionizer:MaxEvents", "0")]
    [InlineData("Sessionizer:MaxEvents", "many")]
    [InlineData("Sessionizer:CommitInterval", "2m")]
    [InlineData("Sessionizer:IdleTimeout", "2d")]
    [InlineData("Sessionizer:DuplicateWindow", "0")]
    [InlineData("Collector:MaxBodyBytes", "10")]
    [InlineData("Collector:MaxDepth", "65")]
    [InlineData("Collector:MaxAge", "never")]
    [InlineData("Collector:AllowedOrigins", "box.example")]
    [InlineData("Collector:AllowedOrigins", "https://a.example,https://b.example/")]
    [InlineData("Collector:AllowLoopbackOrigins", "yes")]
    [InlineData("Collector:MaxEventsPerSecondPerKey", "0")]
    [InlineData("Aggregator:ClickHouseUrl", "nowhere")]
    [InlineData("Aggregator:ClickHouseUrl", "ftp://box.example")]
    [InlineData("Aggregator:ClickHouseUrl", "http://ada:hush@box.example")]
    [InlineData("Aggregator:ClickHouseUrl", "http://box.example/path")]
    [InlineData("Aggregator:Database", "tide-mark")]
    [InlineData("Aggregator:RequestTimeout", "1ms")]
    [InlineData("Aggregator:LargeInterval", "1ms")]
    [InlineData("Aggregator:MaxBatchRows", "1000001")]
    [InlineData("Aggregator:ParallelInserts", "17")]
    [InlineData("Aggregator:StopTimeout", "2m")]
    public void Read_WrongValue_IsRefusedInTheSameWords(string key, string value)
    {
        var local = Local(key, value, out _);
        Assert.NotEmpty(local);
        Assert.Equal(Cluster(out _, (key, value)), local);
        Assert.DoesNotContain(local, static line => line.Contains("hush", StringComparison.Ordinal));
    }

    /// <summary>What a project is set to, against what is set in general.</summary>
    [Theory]
    [InlineData("MaxDuration", "10m")]
    [InlineData("Gap", "13h")]
    [InlineData("Gap", "0s")]
    [InlineData("Disorder", "400d")]
    [InlineData("MaxEvents", "0")]
    [InlineData("Colour", "red")]
    public void Read_WrongRuleOfAProject_IsRefusedInTheSameWords(string rule, string value)
    {
        var cluster = Cluster(out _, ("Sessionizer:Projects:0:Name", "local"), ($"Sessionizer:Projects:0:{rule}", value));
        var local = Local("Sessionizer:Projects", $"local:{LocalOption.Dashed(rule)}={value}", out _);
        Assert.Equal([.. cluster.Select(static line => Setting().Replace(line, static match => "--project-rules: local:" + LocalOption.Dashed(match.Groups[1].Value)))], local);
        Assert.Single(local);
    }

    [Theory]
    [InlineData("30m", 30_000)]
    [InlineData("10s", 10_000)]
    [InlineData("40ms", 40)]
    public void Read_NoDisorder_IsHalfAMinuteOrTheGapInBothEditions(string gap, long milliseconds)
    {
        Assert.Empty(Local("Sessionizer:Gap", gap, out var local));
        Assert.Empty(Cluster(out var cluster, ("Sessionizer:Gap", gap)));
        Assert.Equal(milliseconds, local!.Sessionizer.Settings.General.DisorderMs);
        Assert.Equal(milliseconds, cluster.Get<SessionizerOptions>().Settings.General.DisorderMs);
    }

    [Fact]
    public void Read_NoDisorderOfAProject_IsAtMostItsGap()
    {
        Assert.Empty(Local("Sessionizer:Projects", "local:gap=10s", out var local));
        Assert.Equal((30_000, 10_000), (local!.Sessionizer.Settings.General.DisorderMs, local.Sessionizer.Settings.Of("local"u8).DisorderMs));
    }

    private string[] Local(string key, string value, out LocalOptions? options)
    {
        options = null;
        try
        {
            options = OptionsReader.Read(new Dictionary<string, string> { ["data"] = _folder, [OptionTable.OfKey(key)!.Name] = value }, new Dictionary<string, string>());
            return [];
        }
        catch (CommandFailedException e)
        {
            return e.Message.Split('\n');
        }
    }

    /// <summary>The services as the cluster has them, with the local edition's names, so that the messages can be compared.</summary>
    private static string[] Cluster(out BoundOptions options, params (string Key, string Value)[] settings)
    {
        var mistakes = new List<string>();
        var given = settings.Append(("Collector:Projects:0:Name", "web")).Select(static s => KeyValuePair.Create(s.Item1, (string?)s.Item2));
        options = ServiceConfiguration.Read(_services, [new SettingSource(new MemoryConfigurationSource { InitialData = given }, Name)], Name, mistakes);
        return [.. mistakes];
    }

    private static string Name(string key) => OptionTable.OfKey(key) is { } option ? option.IsSecret ? option.InEnvironment : option.OnCommandLine : key;

    [GeneratedRegex(@"Sessionizer:Projects:0:(\w+)")]
    private static partial Regex Setting();
}
