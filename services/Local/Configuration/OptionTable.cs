using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.Local.Hosting;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>
/// All options of the local edition, made from the option records themselves. An option is called by its property, in front of which the aggregator's have
/// <c>clickhouse-</c>; only what is listed here is called otherwise.
/// </summary>
internal static class OptionTable
{
    public const string Data = "data";
    public const string ClickHouse = "clickhouse";

    private const string AggregatorPrefix = "clickhouse-";

    private static readonly Dictionary<string, string> _ownNames = new(StringComparer.Ordinal)
    {
        [$"{LocalSections.Aggregator}:{nameof(AggregatorOptions.ClickHouseUrl)}"] = ClickHouse,
        // The same to both services: the local edition's topics have one log with one id.
        [$"{LocalSections.Aggregator}:{nameof(AggregatorOptions.BeginAnew)}"] = LocalOption.Dashed(nameof(SessionizerOptions.BeginAnew)),
        // The collector's list has the name already.
        [$"{LocalSections.Sessionizer}:{nameof(SessionizerOptions.Projects)}"] = "project-rules",
    };

    /// <summary>What the local edition has no use for: there is no intake topic.</summary>
    private static readonly string[] _hidden =
    [
        nameof(CollectorOptions.IntakeTopic), nameof(CollectorOptions.IntakeProject), nameof(CollectorOptions.IntakeCommitInterval),
        nameof(CollectorOptions.IntakeCommitRecords), nameof(CollectorOptions.IntakeCommitBytes),
    ];

    /// <summary>In the order of help.</summary>
    public static IReadOnlyList<LocalOption> All { get; } = Build();

    private static readonly Dictionary<string, LocalOption> _byPlainName = All.ToDictionary(static o => LocalOption.Plain(o.Name), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, LocalOption> _byKey =
        All.SelectMany(static o => o.Keys.Select(key => (key, o))).ToDictionary(static pair => pair.key, static pair => pair.o, StringComparer.OrdinalIgnoreCase);

    /// <summary>The option of a name, written in any of its ways; null when there is none.</summary>
    public static LocalOption? Find(string name) => _byPlainName.GetValueOrDefault(LocalOption.Plain(name));

    /// <summary>The option that sets a key such as <c>Sessionizer:Gap</c>; null when none does.</summary>
    public static LocalOption? OfKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>One of the local edition's own.</summary>
    public static LocalOption Own(string property) => _byKey[$"{LocalSections.Local}:{property}"];

    /// <summary>The rules of sessions.</summary>
    public static IEnumerable<LocalOption> Rules => Of(LocalSections.Sessionizer);

    /// <summary>The ClickHouse server that is used instead of the engine, and the way in.</summary>
    public static IEnumerable<LocalOption> Server => Of(LocalSections.Aggregator).Where(static o => o.Keys[0].Split(':')[1] is nameof(AggregatorOptions.ClickHouseUrl)
        or nameof(AggregatorOptions.User) or nameof(AggregatorOptions.Password) or nameof(AggregatorOptions.Password) + "File" or nameof(AggregatorOptions.Database));

    /// <summary>What a whole pipeline takes, apart from its ports.</summary>
    public static IEnumerable<LocalOption> Pipeline => All.Except(Ports).Where(static o => o.Name is not (Data or "visitor-key" or "visitor-key-file" or "writer-password" or "writer-password-file"));

    public static IEnumerable<LocalOption> Ports => [Own(nameof(LocalOptions.HttpPort)), Own(nameof(LocalOptions.SqlPort))];

    private static IEnumerable<LocalOption> Of(string section) => All.Where(o => o.Keys.Any(key => key.StartsWith(section + ':', StringComparison.Ordinal)));

    private static List<LocalOption> Build()
    {
        var options = new List<LocalOption>();
        foreach (var section in LocalSections.All)
        {
            var defaults = section.NewDefaults();
            foreach (var property in OptionProperty.Of(section.Type).Where(p => section.Name != LocalSections.Collector || !_hidden.Contains(p.Name)))
            {
                Add(options, section, property, property.Name, isFile: false, () => OptionText.Of(section, property, defaults, NameOf));
                if (property.FileName is { } file)
                    Add(options, section, property, file, isFile: true, () => OptionText.OfFile(property, NameOf(section.Name, property.Name)));
            }
        }
        return options;
    }

    private static void Add(List<LocalOption> options, OptionSection section, OptionProperty property, string name, bool isFile, Func<string> text)
    {
        var key = $"{section.Name}:{name}";
        var full = isFile ? $"{NameOf(section.Name, property.Name)}-file" : NameOf(section.Name, name);
        var at = options.FindIndex(o => o.Name == full);
        if (at < 0)
            options.Add(new LocalOption(full, property, isFile) { Keys = [key], Text = text });
        else
            options[at] = options[at] with { Keys = [.. options[at].Keys, key] };
    }

    private static string NameOf(string section, string property) =>
        _ownNames.GetValueOrDefault($"{section}:{property}") ?? (section == LocalSections.Aggregator ? AggregatorPrefix : "") + LocalOption.Dashed(property);
}
