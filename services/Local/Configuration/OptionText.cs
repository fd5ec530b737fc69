using System.Text.RegularExpressions;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Configuration;

/// <summary>What help says about an option: the documentation of its property, with the names and defaults of the local edition.</summary>
internal static class OptionText
{
    /// <summary>Where the local edition means something else by a property than the service alone.</summary>
    private static readonly Dictionary<string, string> _own = new(StringComparer.Ordinal)
    {
        [nameof(AggregatorOptions.ClickHouseUrl)] = "Address of a ClickHouse server to use instead of the engine, such as http://127.0.0.1:8123. Default: the engine.",
        [nameof(CollectorOptions) + nameof(CollectorOptions.Projects)] = $"Projects with their write keys, beside the project {ReadyProject.Name}, whose key is {ReadyProject.Key} unless it is given others. Default: none.",
    };

    /// <param name="section">Of the option.</param>
    /// <param name="property">Of the section's record.</param>
    /// <param name="defaults">The record as the local edition begins with it.</param>
    /// <param name="name">The option's name by section and property.</param>
    public static string Of(OptionSection section, OptionProperty property, object defaults, Func<string, string, string> name)
    {
        var text = _own.GetValueOrDefault(property.Name) ?? _own.GetValueOrDefault(section.Type.Name + property.Name);
        if (text is null)
        {
            text = WithNames(property.Summary, section, name);
            if (property.Format(defaults) is var value && value != property.Format(Activator.CreateInstance(section.Type)!))
                text += $" In the local edition: {value}.";
        }
        if (property.IsRecords)
            text += $" Settings: {string.Join(", ", Settings(property.Element!))}; several projects with a semicolon.";
        return text;
    }

    /// <summary>Of the option that names a file with the value.</summary>
    public static string OfFile(OptionProperty property, string name) => property.IsSecret
        ? $"File with the value of {LocalOption.EnvironmentPrefix}{name.Replace('-', '_').ToUpperInvariant()}, which may be set itself: {property.Summary}"
        : $"JSON file that holds {name} instead: an array of objects.";

    /// <summary>Names that are said in the text of another property are words of more than one part, such as SmallInterval.</summary>
    private static string WithNames(string text, OptionSection section, Func<string, string, string> name)
    {
        var names = OptionProperty.Of(section.Type).Select(static p => p.Name).Where(static n => n.Skip(1).Any(char.IsAsciiLetterUpper));
        return Regex.Replace(text, $@"\b(?:{string.Join('|', names)})\b", match => "--" + name(section.Name, match.Value));
    }

    private static IEnumerable<string> Settings(Type record) =>
        from property in OptionProperty.Of(record).Where(static p => p.Name != "Name")
        from setting in property.IsRecords ? Settings(property.Element!).Select(inner => $"{LocalOption.Dashed(property.Name)}:0:{inner}") : [LocalOption.Dashed(property.IsSecret ? property.FileName! : property.Name)]
        select setting;
}
