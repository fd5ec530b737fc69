using Tidemark.Local.Configuration;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Tests.Configuration;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_SameOptionEverywhere_CommandLineThenEnvironmentThenFileThenDefault()
    {
        using var folder = new TemporaryFolder("""{"gap": "1m", "disorder": "2s", "lateness": "3h", "httpPort": 1001}""");
        var options = folder.Read([("gap", "6m")], ("TIDEMARK_GAP", "4m"), ("TIDEMARK_DISORDER", "5s"));
        Assert.Equal(TimeSpan.FromMinutes(6), options.Sessionizer.Gap);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Sessionizer.Disorder);
        Assert.Equal(TimeSpan.FromHours(3), options.Sessionizer.Lateness);
        Assert.Equal((1001, 8123), (options.HttpPort, options.SqlPort));
        Assert.Equal(["data", "disorder", "gap", "http-port", "lateness"], options.Given.Order());
    }

    [Fact]
    public void Read_SeveralMistakes_ReportsAllWithTheirPlace()
    {
        using var folder = new TemporaryFolder("""{"lateness": true, "colour": 1}""");
        var mistakes = folder.Mistakes([("gap", "soon"), ("http-port", "70000")], ("TIDEMARK_DISORDER", "-1s"));
        foreach (var part in new[] { "--gap is 'soon'", "--http-port is 70000", "TIDEMARK_DISORDER is '-1s'", $"lateness in {folder.File} is 'True'", $"colour in {folder.File} is no option" })
            Assert.Contains(mistakes, m => m.StartsWith(part, StringComparison.Ordinal));
        Assert.Equal(5, mistakes.Length);
    }

    [Theory]
    [InlineData("""{"gpa": "10m"}""", "gpa in FILE is no option; did you mean gap?")]
    [InlineData("""{"max-durations": "10m"}""", "max-durations in FILE is no option; did you mean maxDuration?")]
    [InlineData("""{"projectRules": {"local": {"gpa": "10m"}}}""", "projectRules.local.gpa in FILE is no option; did you mean --project-rules: local:gap?")]
    [InlineData("""{"data": "/srv"}""", "data in FILE: this file is found by the data folder; name a file with --config for it to say where that is")]
    public void Read_UnknownInTheFile_NamesTheNearest(string file, string mistake)
    {
        using var folder = new TemporaryFolder(file);
        Assert.Equal(mistake.Replace("FILE", folder.File, StringComparison.Ordinal), Assert.Single(folder.Mistakes([])));
    }

    [Theory]
    [InlineData("TIDEMARK_GPA", "TIDEMARK_GPA is no option; did you mean TIDEMARK_GAP?")]
    [InlineData("TIDEMARK_SQLPORTS", "TIDEMARK_SQLPORTS is no option; did you mean TIDEMARK_SQL_PORT?")]
    [InlineData("TIDEMARK_WHATEVER_ELSE_THERE_IS", "TIDEMARK_WHATEVER_ELSE_THERE_IS is no option; see --help")]
    public void Read_UnknownVariable_NamesTheNearest(string name, string mistake)
    {
        using var folder = new TemporaryFolder("{}");
        Assert.Equal(mistake, Assert.Single(folder.Mistakes([], (name, "10m"))));
    }

    [Fact]
    public void Read_VariablesOfTestsAndEmptyOnes_AreNotLookedAt()
    {
        using var folder = new TemporaryFolder("{}");
        Assert.Equal(["data"], folder.Read([], ("TIDEMARK_TEST_KILLS", "6"), ("TIDEMARK_GPA", ""), ("TIDEMARK_GAP", ""), ("PATH", "x")).Given);
    }

    [Fact]
    public void Read_FileThatIsNamed_MaySayWhereTheDataIs()
    {
        using var folder = new TemporaryFolder("{}");
        var file = Path.Combine(folder.Path, "named.json");
        File.WriteAllText(file, $$"""{"data": "{{folder.Path}}/elsewhere", "gap": "7m"}""");
        var options = OptionsReader.Read(new Dictionary<string, string>(), new Dictionary<string, string> { ["TIDEMARK_CONFIG"] = file });
        Assert.Equal((Path.Combine(folder.Path, "elsewhere"), TimeSpan.FromMinutes(7)), (options.Data, options.Sessionizer.Gap));
    }

    [Theory]
    [InlineData("""{"projectRules": {"local": {"gap": "10s", "maxEvents": 50}}}""", null)]
    [InlineData("""{"projectRules": [{"name": "local", "gap": "10s", "max-events": 50}]}""", null)]
    [InlineData("""{"projectRules": "local:gap=10s,max-events=50"}""", null)]
    [InlineData("{}", "local: gap=10s, max-events=50;")]
    public void Read_ProjectRules_FromFileAndEnvironment(string file, string? environment)
    {
        using var folder = new TemporaryFolder(file);
        var project = Assert.Single(folder.Read([], ("TIDEMARK_PROJECT_RULES", environment ?? "")).Sessionizer.Projects);
        Assert.Equal(("local", TimeSpan.FromSeconds(10), 50), (project.Name, project.Gap, project.MaxEvents));
        Assert.Null(project.Lateness);
    }

    [Fact]
    public void Read_ProjectRules_EveryMistakeHasALine()
    {
        using var folder = new TemporaryFolder("{}");
        var mistakes = folder.Mistakes([("project-rules", "local:gap=soon,colour=red,lateness=1h; shop:max-events=0; what; local:max-duration")]);
        foreach (var part in new[] { "local:gap is 'soon'", "local:colour is no option", "there is no project shop", "what is not a name with settings", "local: max-duration has no value", "shop:max-events is 0" })
            Assert.Contains(mistakes, m => m.StartsWith("--project-rules: " + part, StringComparison.Ordinal));
        Assert.Equal(6, mistakes.Length);
        Assert.Equal("--project-rules: 'local' is there twice", Assert.Single(folder.Mistakes([("project-rules", "local:gap=1m;local:gap=2m")])));
    }

    [Fact]
    public void Read_Lists_FromFileEnvironmentAndCommandLine()
    {
        using var folder = new TemporaryFolder("""{"allowedHosts": ["box.example", "*.box.example"], "allowedOrigins": ["https://a.example", "https://d.example"]}""");
        var options = folder.Read([("sql-allowed-origins", "http://b.example:3000, https://c.example")], ("TIDEMARK_ALLOWED_ORIGINS", "*"));
        Assert.Equal(["box.example", "*.box.example"], options.AllowedHosts);
        // The stronger place has the whole list, however long the weaker one's is.
        Assert.Equal(["*"], options.Collector.AllowedOrigins);
        Assert.Equal(["http://b.example:3000", "https://c.example"], options.SqlAllowedOrigins);
    }

    [Theory]
    [InlineData("allowed-hosts", "http://box.example")]
    [InlineData("allowed-hosts", "box.example:8080")]
    [InlineData("allowed-origins", "box.example")]
    [InlineData("allowed-origins", "https://box.example/")]
    [InlineData("sql-allowed-origins", "null")]
    public void Read_ListWithAMistake_NamesIt(string name, string value)
    {
        using var folder = new TemporaryFolder("{}");
        Assert.StartsWith($"--{name} has '{value}'; it takes ", Assert.Single(folder.Mistakes([(name, value)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingAboutProjects_IsTheReadyOne()
    {
        using var folder = new TemporaryFolder("{}");
        var project = Assert.Single(folder.Read([]).Collector.Projects);
        Assert.Equal(("local", "local"), (project.Name, Assert.Single(project.Keys).Key));
        Assert.True(project.Keys[0] is { History: true, WellKnown: true });
    }

    [Theory]
    [InlineData("""{"projects": [{"name": "shop", "keys": [{"key": "k1", "history": true}, {"key": "k2"}]}]}""")]
    [InlineData("""{"projects": {"shop": {"keys": [{"key": "k1", "history": true}, {"key": "k2"}]}}}""")]
    [InlineData("{}", "TIDEMARK_PROJECTS=shop:keys:0:key=k1,keys:0:history=true,keys:1:key=k2")]
    [InlineData("{}", "TIDEMARK_PROJECTS__0__NAME=shop", "TIDEMARK_PROJECTS__0__KEYS__0__KEY=k1", "TIDEMARK_PROJECTS__0__KEYS__0__HISTORY=true", "TIDEMARK_PROJECTS__0__KEYS__1__KEY=k2")]
    public void Read_Projects_AreThereBesideTheReadyOne(string file, params string[] variables)
    {
        using var folder = new TemporaryFolder(file);
        var options = folder.Read([], [.. variables.Select(static v => (v.Split('=', 2)[0], v.Split('=', 2)[1]))]);
        Assert.Equal(["local", "shop"], options.Collector.Projects.Select(static p => p.Name));
        Assert.Equal([("k1", true, false), ("k2", false, false)], options.Collector.Projects[1].Keys.Select(static k => (k.Key, k.History, k.WellKnown)));
    }

    /// <summary>Everybody knows it, in whichever project somebody puts it.</summary>
    [Theory]
    [InlineData("""{"projects": [{"name": "local", "keys": [{"key": "local", "history": true}, {"key": "k2"}]}]}""")]
    [InlineData("""{"projects": [{"name": "local", "keys": [{"key": "k2"}]}, {"name": "shop", "keys": [{"key": "local"}]}]}""")]
    public void Read_ReadyKeyGivenByHand_IsWellKnown(string file)
    {
        using var folder = new TemporaryFolder(file);
        Assert.All(folder.Read([]).Collector.Projects.SelectMany(static p => p.Keys), static k => Assert.Equal(k.Key == "local", k.WellKnown));
    }

    [Theory]
    [InlineData("shop:keys:0:key=abc,SECRET", "TIDEMARK_PROJECTS: shop: setting 2 has no value")]
    [InlineData("shop:keys:0:key=abc;SECRET", "TIDEMARK_PROJECTS: project 2 is not a name with settings")]
    public void Read_SecretCutInTwo_IsNotRepeated(string projects, string mistake)
    {
        using var folder = new TemporaryFolder("{}");
        var mistakes = folder.Mistakes([], ("TIDEMARK_PROJECTS", projects));
        Assert.Contains(mistakes, m => m.StartsWith(mistake, StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, static m => m.Contains("SECRET", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("""{"clickhousePassword": "p"}""", UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    [InlineData("""{"projects": [{"name": "shop", "keys": [{"key": "k1"}]}]}""", UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [InlineData("""{"clickhousePassword": "p"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData("""{"gap": "10m"}""", UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    public void Read_FileWithSecretsThatOthersCanRead_IsSaid(string file, UnixFileMode mode, bool said)
    {
        Skip.If(OperatingSystem.IsWindows(), "SKIPPED: modes are of Unix");
        using var folder = new TemporaryFolder(file);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.File, mode);
            File.SetUnixFileMode(Path.GetDirectoryName(folder.File)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        }

        var warning = folder.Read([]).Warning;
        Assert.Equal(said, warning?.Contains("chmod 600", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Read_ProjectsInAFileOfTheirOwn_AndLocalWithItsOwnKeys()
    {
        using var folder = new TemporaryFolder("{}");
        var file = Path.Combine(folder.Path, "projects.json");
        File.WriteAllText(file, """[{"name": "local", "keys": [{"key": "mine"}]}, {"name": "shop"}]""");
        var options = folder.Read([("projects-file", file)]);
        Assert.Equal(["local:mine", "shop:"], options.Collector.Projects.Select(static p => $"{p.Name}:{string.Join(',', p.Keys.Select(static k => k.Key))}"));
    }

    [Fact]
    public void Read_SecretInTheTextOfAListOnTheCommandLine_IsRefusedAndNotRepeated()
    {
        using var folder = new TemporaryFolder("{}");
        var mistake = Assert.Single(folder.Mistakes([("projects", "shop:keys:0:key=hush")]));
        Assert.StartsWith("--projects: shop:keys:0:key is a secret", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SecretInTwoPlaces_TheStrongerOneCounts()
    {
        using var folder = new TemporaryFolder("""{"clickhousePassword": "weak"}""");
        var file = Path.Combine(folder.Path, "password");
        File.WriteAllText(file, "strong\n");
        Assert.Equal("strong", folder.Read([], ("TIDEMARK_CLICKHOUSE_PASSWORD_FILE", file)).Aggregator.Password);
        Assert.Contains("are both set", Assert.Single(folder.Mistakes([], ("TIDEMARK_CLICKHOUSE_PASSWORD_FILE", file), ("TIDEMARK_CLICKHOUSE_PASSWORD", "x"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://ada:hush@127.0.0.1:8123")]
    [InlineData("http://ada:hush@127.0.0.1:none")]
    [InlineData("http://127.0.0.1:8123/tidemark")]
    public void Read_AddressOfClickHouseWithMoreThanAHost_IsRefusedAndNoSecretRepeated(string address)
    {
        using var folder = new TemporaryFolder("{}");
        var mistake = Assert.Single(folder.Mistakes([("clickhouse", address)]));
        Assert.StartsWith("--clickhouse ", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", mistake, StringComparison.Ordinal);
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
            System.IO.File.WriteAllText(File, configuration);
        }

        public string Path { get; }

        public string File => System.IO.Path.Combine(Path, "tidemark.json");

        public LocalOptions Read((string Name, string Value)[] commandLine, params (string Name, string Value)[] environment) =>
            OptionsReader.Read(
                commandLine.Append(("data", Path)).ToDictionary(static o => o.Item1, static o => o.Item2), environment.ToDictionary(static v => v.Name, static v => v.Value));

        public string[] Mistakes((string Name, string Value)[] commandLine, params (string Name, string Value)[] environment) =>
            Assert.Throws<CommandFailedException>(() => Read(commandLine, environment)).Message.Split('\n');

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
