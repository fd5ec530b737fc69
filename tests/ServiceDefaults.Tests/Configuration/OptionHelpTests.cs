using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Aggregator.Hosting;
using Tidemark.Cluster;
using Tidemark.Collector.Hosting;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.Sessionizer.Hosting;

namespace Tidemark.ServiceDefaults.Tests.Configuration;

/// <summary>Every option of every service says what it is, and a default that its text tells is the one it has.</summary>
public sealed partial class OptionHelpTests
{
    private static Dictionary<string, ServiceDefinition> Definitions { get; } =
        new[] { CollectorHost.Definition, SessionizerHost.Definition, AggregatorHost.Definition }.ToDictionary(d => d.Name);

    public static TheoryData<string> Services { get; } = new(Definitions.Keys);

    [Theory]
    [MemberData(nameof(Services))]
    public void Entries_EveryOption_SaysWhatItIs(string service)
    {
        var entries = OptionHelp.Entries(Definitions[service].AllSections(KafkaLog.Hosted));
        Assert.True(entries.Count > 15, $"{entries.Count} options only");
        Assert.Empty(entries.Where(e => e.Summary.Length < 10).Select(e => e.Key));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Entries_EveryDefault_IsTheOneThatTheTextTells(string service)
    {
        var entries = OptionHelp.Entries(Definitions[service].AllSections(KafkaLog.Hosted));
        var told = 0;
        Assert.All(entries.Where(e => e.Default is not "required" and not "none"), entry =>
        {
            var match = ToldDefault().Match(entry.Summary);
            Assert.True(match.Success, $"{entry.Key} has the default {entry.Default}; its text tells none: {entry.Summary}");
            told++;
            if (entry.Key != "Http:Port")
                Assert.True(Same(entry.Default, match.Groups[1].Value), $"{entry.Key} has the default {entry.Default}; its text: {entry.Summary}");
        });
        Assert.True(told > 10);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Entries_PortTold_IsTheService(string service)
    {
        var port = OptionHelp.Entries(Definitions[service].AllSections(KafkaLog.Hosted)).Single(e => e.Key == "Http:Port");
        Assert.Contains($"{port.Default} for the {service}", port.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1048576", "1 MiB", true)]
    [InlineData("1048576", "2 MiB", false)]
    [InlineData("32000000", "32 MB", true)]
    [InlineData("30m", "30 min", true)]
    [InlineData("30m", "30 s", false)]
    [InlineData("12h", "12 h", true)]
    [InlineData("30d", "30 days", true)]
    [InlineData("250000", "250,000", true)]
    [InlineData("false", "true", false)]
    public void Same_TextAndValue_AreCompared(string value, string text, bool same) => Assert.Equal(same, Same(value, text));

    /// <summary>A default as people tell it: 1 MiB, 250,000, 5 minutes, true, http://127.0.0.1:8123/.</summary>
    private static bool Same(string value, string text)
    {
        text = text.Trim(' ', '"');
        if (Amount().Match(text) is not { Success: true } amount)
            return value.Trim('"').Equals(text, StringComparison.OrdinalIgnoreCase);
        var number = decimal.Parse(amount.Groups[1].Value, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var unit = amount.Groups[2].Value;
        return unit switch
        {
            "" => Durations.TryParse(value, out var none) && none == TimeSpan.Zero ? number == 0 : Plain(value) == number,
            "KiB" => Plain(value) == number * 1024,
            "MiB" => Plain(value) == number * 1024 * 1024,
            "MB" => Plain(value) == number * 1_000_000,
            _ => Durations.TryParse(value, out var duration) && Durations.TryParse($"{number}{Unit(unit)}", out var meant) && duration == meant,
        };
    }

    private static decimal? Plain(string value) => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Unit(string unit) => unit switch
    {
        "min" or "minute" or "minutes" => "m",
        "day" or "days" => "d",
        _ => unit,
    };

    // "Default: 5 minutes.", "default 30 s;", "Default 128 MiB (…)".
    [GeneratedRegex(@"[Dd]efault:? (\S+?(?: (?:KiB|MiB|MB|ms|s|min|minutes|h|days)\b)?)(?=[.;,:)]?(?:\s|$))")]
    private static partial Regex ToldDefault();

    [GeneratedRegex(@"^([0-9][0-9,]*(?:\.[0-9]+)?)(?: ([A-Za-z]+))?$")]
    private static partial Regex Amount();
}
