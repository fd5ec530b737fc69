using System.Collections.Concurrent;
using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>What the options records say about their properties: the one text that both the code's readers and <c>--help</c> see.</summary>
internal static class OptionDocs
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _files = new();

    /// <summary>The summary of a property as one line; empty when it has none, or when the assembly's documentation file was not shipped.</summary>
    internal static string Summary(PropertyInfo property)
    {
        var members = _files.GetOrAdd(property.DeclaringType!.Assembly, Load);
        return members.TryGetValue($"P:{property.DeclaringType.FullName}.{property.Name}", out var member) && member.Element("summary") is { } summary
            ? string.Join(' ', Text(summary).Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries))
            : "";
    }

    private static Dictionary<string, XElement> Load(Assembly assembly)
    {
        try
        {
            return XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml"))
                .Descendants("member").ToDictionary(static m => m.Attribute("name")!.Value, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(XElement element) => string.Concat(element.Nodes().Select(static node => node switch
    {
        XText text => text.Value,
        XElement reference when (reference.Attribute("cref") ?? reference.Attribute("langword")) is { } target => Reference(target.Value),
        XElement inner => Text(inner),
        _ => "",
    }));

    // P:Tidemark.Aggregator.AggregatorOptions.LargeRows, M:….AppendAsync(…)
    private static string Reference(string target) => target.Split('(')[0].Split('.')[^1];
}
