using Tidemark.Local.Configuration;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Tests.Configuration;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_SameOptionEverywhere_CommandLineThenEnvironmentThenFileThenDefault()
    {
        using var folder = new TemporaryFolder("""{"gap": "1m", "disorder": "2s", "lateness": "3h", "httpPort": 1001}""");
        var environment = new Dictionary<string, string> { ["TIDEMARK_GAP"] = "4m", ["TIDEMARK_DISORDER"] = "5s" };
        var options = OptionsReader.Read(new Dictionary<string, string> { ["data"] = folder.Path, ["gap"] = "6m" }, environment.GetValueOrDefault);
        Assert.Equal(TimeSpan.FromMinutes(6), options.Gap);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Disorder);
        Assert.Equal(TimeSpan.FromHours(3), options.Lateness);
        Assert.Equal((1001, 8123), (options.HttpPort, options.SqlPort));
        Assert.Equal(["disorder", "gap", "http-port", "lateness"], options.Given.Order());
    }

    [Fact]
    public void Read_SeveralMistakes_ReportsAllWithTheirPlace()
    {
        using var folder = new TemporaryFolder("""{"lateness": true, "colour": 1}""");
        var e = Assert.Throws<CommandFailedException>(() => OptionsReader.Read(
            new Dictionary<string, string> { ["data"] = folder.Path, ["gap"] = "soon", ["http-port"] = "70000" },
            name => name == "TIDEMARK_DISORDER" ? "-1s" : null));
        foreach (var part in new[] { "--gap: soon", "--http-port: 70000", "TIDEMARK_DISORDER: -1s", "lateness", "colour" })
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Equal(5, e.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("""{"projectRules": {"local": {"gap": "10s", "maxEvents": 50}}}""", null)]
    [InlineData("""{"projectRules": "local:gap=10s,max-events=50"}""", null)]
    [InlineData("{}", "local: gap=10s, max-events=50;")]
    public void Read_ProjectRules_FromFileAndEnvironment(string file, string? environment)
    {
        using var folder = new TemporaryFolder(file);
        var options = OptionsReader.Read(
            new Dictionary<string, string> { ["data"] = folder.Path }, name => name == "TIDEMARK_PROJECT_RULES" ? environment : null);
        var project = Assert.Single(options.Projects);
        // Nobody gave a disorder: it is no longer than the gap.
        Assert.Equal(("local", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 50), (project.Name, project.Gap, project.Disorder, project.MaxEvents));
        Assert.Null(project.Lateness);
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(30)), (options.Gap, options.Disorder));
    }

    [Fact]
    public void Read_ProjectRules_EveryMistakeHasALine()
    {
        using var folder = new TemporaryFolder("{}");
        var e = Assert.Throws<CommandFailedException>(() => OptionsReader.Read(
            new Dictionary<string, string> { ["data"] = folder.Path, ["project-rules"] = "local:gap=soon,colour=red,lateness=1h; shop:gap=1m; what; local:max-events=0" }, _ => null));
        foreach (var part in new[] { "gap=soon", "colour is no setting", "no project shop", "what is not", "local is there twice", "max-events=0" })
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.All(e.Message.Split('\n'), line => Assert.StartsWith("--project-rules: ", line, StringComparison.Ordinal));
        Assert.Equal(6, e.Message.Split('\n').Length);
    }

    [Fact]
    public void Read_Lists_FromFileEnvironmentAndCommandLine()
    {
        using var folder = new TemporaryFolder("""{"allowedHosts": ["box.example", "*.box.example"], "allowedOrigins": "https://a.example"}""");
        var options = OptionsReader.Read(
            new Dictionary<string, string> { ["data"] = folder.Path, ["sql-allowed-origins"] = "http://b.example:3000, https://c.example" },
            name => name == "TIDEMARK_ALLOWED_ORIGINS" ? "*" : null);
        Assert.Equal(["box.example", "*.box.example"], options.AllowedHosts);
        Assert.Equal(["*"], options.AllowedOrigins);
        Assert.Equal(["http://b.example:3000", "https://c.example"], options.SqlAllowedOrigins);
    }

    [Theory]
    [InlineData("allowed-hosts", "http://box.example")]
    [InlineData("allowed-hosts", "box.example:8080")]
    [InlineData("allowed-origins", "box.example")]
    [InlineData("allowed-origins", "https://box.example/")]
    [InlineData("sql-allowed-origins", "https://a.example,null")]
    public void Read_ListWithAMistake_NamesIt(string name, string value)
    {
        using var folder = new TemporaryFolder("{}");
        var e = Assert.Throws<CommandFailedException>(() => OptionsReader.Read(new Dictionary<string, string> { ["data"] = folder.Path, [name] = value }, _ => null));
        Assert.StartsWith($"--{name}: {value} is not a list of", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2d", 172_800_000)]
    public void TryParse_Duration_RoundTrips(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.True(Durations.TryParse(Durations.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("9999999d")]
    public void TryParse_NoDuration_IsFalse(string text) => Assert.False(Durations.TryParse(text, out _));

    private sealed class TemporaryFolder : IDisposable
    {
        public TemporaryFolder(string configuration)
        {
            Path = Directory.CreateTempSubdirectory("tidemark-options-").FullName;
            File.WriteAllText(System.IO.Path.Combine(Path, "tidemark.json"), configuration);
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
