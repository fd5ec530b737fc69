using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.Local.Commands;
using Tidemark.Local.Configuration;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Tests.Configuration;

/// <summary>The one list of options against the records that it is made of: whatever a record gets is an option in all three places.</summary>
public sealed class OptionTableTests
{
    /// <summary>Of the intake topic, which the local edition does not have.</summary>
    private static readonly string[] _clusterOnly = ["IntakeTopic", "IntakeProject", "IntakeCommitInterval", "IntakeCommitRecords", "IntakeCommitBytes"];

    public static TheoryData<string> Names { get; } = new(OptionTable.All.Where(static o => o.Name != OptionTable.Data).Select(static o => o.Name));

    [Fact]
    public void All_EveryPropertyOfEveryRecord_IsAnOption()
    {
        Type[] records = [typeof(LocalOptions), typeof(SessionizerOptions), typeof(CollectorOptions), typeof(AggregatorOptions)];
        var missing = from record in records
                      from property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                      where property.SetMethod is { IsPublic: true } && !_clusterOnly.Contains(property.Name)
                      where OptionTable.OfKey($"{record.Name.Replace("Options", "", StringComparison.Ordinal)}:{property.Name}") is null
                      select $"{record.Name}.{property.Name}";
        Assert.Empty(missing);
        Assert.True(OptionTable.All.Count > 50);
    }

    [Fact]
    public void All_EveryOption_SaysWhatItIsAndHasANameOfItsOwn()
    {
        Assert.Empty(OptionTable.All.Where(static o => o.Help.Length < 10).Select(static o => o.Name));
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(static o => LocalOption.Plain(o.Name)).Distinct().Count());
    }

    [Fact]
    public void Help_ListsEveryOptionThatTheCommandLineHas()
    {
        using var output = new StringWriter();
        foreach (var command in new[] { "run", "import", "engine" })
            Assert.Equal(0, CommandTree.Create().Parse([command, "--help"]).Invoke(new InvocationConfiguration { Output = output }));
        var text = output.ToString();
        Assert.Empty(OptionTable.All.Where(o => !o.IsSecret && !text.Contains($"  {o.OnCommandLine} ", StringComparison.Ordinal)).Select(static o => o.Name));
        Assert.Contains("Two events of a visitor at most this far apart", text, StringComparison.Ordinal);
    }

    /// <summary>Names that are documented stay.</summary>
    [Theory]
    [InlineData("http-port", "TIDEMARK_HTTP_PORT", "httpPort")]
    [InlineData("max-duration", "TIDEMARK_MAX_DURATION", "maxDuration")]
    [InlineData("project-rules", "TIDEMARK_PROJECT_RULES", "projectRules")]
    [InlineData("sql-allowed-origins", "TIDEMARK_SQL_ALLOWED_ORIGINS", "sqlAllowedOrigins")]
    [InlineData("begin-anew", "TIDEMARK_BEGIN_ANEW", "beginAnew")]
    [InlineData("writer-password-file", "TIDEMARK_WRITER_PASSWORD_FILE", "writerPasswordFile")]
    [InlineData("visitor-key", "TIDEMARK_VISITOR_KEY", "visitorKey")]
    [InlineData("clickhouse", "TIDEMARK_CLICKHOUSE", "clickhouse")]
    public void Find_Name_IsCalledTheSameEverywhere(string name, string variable, string member)
    {
        var option = OptionTable.Find(name)!;
        Assert.Equal((name, variable, member), (option.Name, option.InEnvironment, option.InFile));
        Assert.Same(option, OptionTable.Find(variable["TIDEMARK_".Length..]));
        Assert.Same(option, OptionTable.Find(member));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EveryOption_IsTheSameOnTheCommandLineInTheEnvironmentAndInTheFile(string name)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-option-").FullName;
        try
        {
            var option = OptionTable.Find(name)!;
            var value = ValueOf(option, folder);
            var variable = new Dictionary<string, string> { ["TIDEMARK_DATA"] = folder, [option.InEnvironment] = value };
            var expected = Shown(OptionsReader.Read(new Dictionary<string, string>(), variable));
            Assert.NotEqual(Shown(OptionsReader.Read(new Dictionary<string, string>(), new Dictionary<string, string> { ["TIDEMARK_DATA"] = folder })), expected);
            // A secret is refused there; the file with it is an option of its own.
            if (!option.IsSecret)
                Assert.Equal(expected, Shown(OptionsReader.Read(new Dictionary<string, string> { [name] = value }, new Dictionary<string, string> { ["TIDEMARK_DATA"] = folder })));
            File.WriteAllText(Path.Combine(folder, "tidemark.json"), JsonSerializer.Serialize(new Dictionary<string, string> { [option.InFile] = value }));
            Assert.Equal(expected, Shown(OptionsReader.Read(new Dictionary<string, string>(), new Dictionary<string, string> { ["TIDEMARK_DATA"] = folder })));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A right value that is not the default.</summary>
    private static string ValueOf(LocalOption option, string folder)
    {
        var type = Nullable.GetUnderlyingType(option.Property.Type) ?? option.Property.Type;
        if (option.IsFile)
        {
            var file = Path.Combine(folder, "value");
            File.WriteAllText(file, option.Property.IsSecret ? new string('a', 64) : """[{"name": "local"}]""");
            return file;
        }
        return option.Name switch
        {
            "allowed-hosts" => "box.example",
            "visitor-key" => new string('a', 64),
            "projects" => "shop:keys:0:key-file=" + FileWith(folder, "k"),
            "project-rules" => "local:gap=1m",
            "begin-anew" => "abc",
            "clickhouse-small-interval" => "1s",
            _ when option.Property.Element is not null => "https://a.example",
            _ when type == typeof(bool) => option.Name == "allow-loopback-origins" ? "false" : "true",
            "commit-interval" or "live-interval" or "clickhouse-large-interval" or "clickhouse-stop-timeout" => "7s",
            _ when type == typeof(TimeSpan) => "40m",
            _ when type == typeof(Uri) => "http://box.example:8123",
            _ when type == typeof(string) => "other",
            _ => Number(option),
        };
    }

    private static string Number(LocalOption option) => option.Name switch
    {
        "max-in-flight-bytes" => "300000000",
        "max-event-bytes" => "65536",
        "max-property-keys" or "max-depth" or "clickhouse-parallel-inserts" => "7",
        "clickhouse-max-batch-bytes" => "1000000",
        _ => "2048",
    };

    private static string FileWith(string folder, string text)
    {
        var file = Path.Combine(folder, "key");
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Everything that the options say, as one text.</summary>
    private static string Shown(LocalOptions options) => string.Join(
        '\n',
        JsonSerializer.Serialize(options with { Data = "" }),
        JsonSerializer.Serialize(options.Collector),
        JsonSerializer.Serialize(options.Sessionizer),
        JsonSerializer.Serialize(options.Aggregator),
        string.Join(',', options.Given.Where(static name => name != OptionTable.Data).Order()));
}
