using System.Globalization;
using System.Text.RegularExpressions;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>What <c>/metrics</c> answered, read as Prometheus reads it.</summary>
internal sealed partial class Exposition
{
    internal Exposition(string text)
    {
        Text = text;
        foreach (Match line in Sample().Matches(text))
        {
            var labels = Label().Matches(line.Groups["labels"].Value).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value);
            Samples.Add(new Sampled(line.Groups["name"].Value, labels, double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }
    }

    internal string Text { get; }

    internal List<Sampled> Samples { get; } = [];

    public override string ToString() => Text;

    internal IEnumerable<Sampled> Of(string name, params (string Label, string Value)[] labels) =>
        Samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value));

    internal double Sum(string name, params (string Label, string Value)[] labels) => Of(name, labels).Sum(sample => sample.Value);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>[-+0-9.eENaInf]+)( [0-9]+)?$""", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>(\\\\.|[^\"\\\\])*)\"")]
    private static partial Regex Label();
}

internal sealed record Sampled(string Name, Dictionary<string, string> Labels, double Value);
