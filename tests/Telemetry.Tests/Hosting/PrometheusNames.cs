using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>What OpenTelemetry's rules make of an instrument's name: signs become underscores, the unit and, for counters, "total" are put behind unless they are there.</summary>
internal static partial class PrometheusNames
{
    internal static string Of(Instrument instrument) => Of(instrument.Name, instrument.Unit ?? "", IsCounter(instrument));

    internal static string Of(string name, string unit, bool counter)
    {
        name = Signs().Replace(name, "_");
        var suffix = unit switch { "s" => "_seconds", "By" => "_bytes", "{record}/s" => "_per_second", _ => "" };
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
            name += suffix;
        return counter ? name + "_total" : name;
    }

    /// <summary>A line that the instrument has.</summary>
    internal static string SampleOf(Instrument instrument) =>
        Of(instrument) + (instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal) ? "_count" : "");

    private static bool IsCounter(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal);

    [GeneratedRegex("[^a-zA-Z0-9]")]
    private static partial Regex Signs();
}
