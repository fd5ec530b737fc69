using System.Text;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>One option as help and the documentation's tests see it.</summary>
/// <param name="Key">As it is written on the command line; <c>N</c> stands for the number of a list's entry.</param>
/// <param name="Default">"required", "none", or the value.</param>
/// <param name="Summary">What it is.</param>
public sealed record OptionEntry(string Key, string Default, string Summary);

/// <summary>All options of some sections, made from the records themselves.</summary>
public static class OptionHelp
{
    private const int Width = 110;

    public static IReadOnlyList<OptionEntry> Entries(IEnumerable<OptionSection> sections) =>
        [.. sections.SelectMany(static s => Entries(s.Name, s.Type, s.NewDefaults()))];

    /// <summary>The table of <c>--help</c>: key and default on a line, what it is below.</summary>
    public static string Table(IEnumerable<OptionSection> sections)
    {
        var text = new StringBuilder();
        foreach (var section in sections)
        {
            text.Append('\n').Append(section.Name).Append('\n');
            foreach (var entry in Entries(section.Name, section.Type, section.NewDefaults()))
            {
                text.Append("  ").Append(entry.Key.PadRight(44)).Append(' ').Append(entry.Default).Append('\n');
                foreach (var line in Wrap(entry.Summary))
                    text.Append("      ").Append(line).Append('\n');
            }
        }
        return text.ToString();
    }

    private static IEnumerable<OptionEntry> Entries(string path, Type type, object defaults)
    {
        foreach (var property in OptionProperty.Of(type))
        {
            var key = $"{path}:{property.Name}";
            var summary = OptionDocs.Summary(property.Property);
            var value = property.Property.GetValue(defaults);
            if (property.Element is { } element && !OptionValue.IsScalar(element))
            {
                foreach (var inner in Entries($"{key}:N", element, Activator.CreateInstance(element)!))
                    yield return inner;
            }
            else if (property.Element is not null || OptionValue.IsScalar(property.Type))
            {
                yield return new OptionEntry(key, property.IsRequired ? "required" : OptionValue.Format(value), summary);
            }
            else
            {
                foreach (var inner in Entries(key, property.Type, value!))
                    yield return inner;
            }
            if (property.FileName is { } file)
                yield return new OptionEntry($"{path}:{file}", "none", FileSummary(property));
        }
    }

    private static string FileSummary(OptionProperty property) => property.IsSecret
        ? $"Path of a file that holds {property.Name} instead, such as a Docker secret; a line break at its end does not count."
        : $"Path of a JSON file that holds {property.Name} instead: an array, or an object with the member {property.Name}.";

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }
        if (line.Length > 0)
            yield return line.ToString();
    }
}
