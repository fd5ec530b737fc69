using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tidemark.Grafana.Tests.Dashboards;

/// <summary>A dashboard as its file has it.</summary>
internal sealed partial record DashboardFile(string Name, JsonElement Json)
{
    internal string Uid => Json.GetProperty("uid").GetString()!;

    internal IReadOnlyList<Panel> Panels { get; } =
        [.. Json.GetProperty("panels").EnumerateArray().Select(panel => new Panel(Name, panel))];

    internal IReadOnlyList<JsonElement> Variables { get; } = [.. Json.GetProperty("templating").GetProperty("list").EnumerateArray()];

    internal TimeSpan Range => Ago().Match(Json.GetProperty("time").GetProperty("from").GetString()!) switch
    {
        { Success: true, Groups: var groups } => int.Parse(groups[1].Value) * groups[2].Value switch
        {
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.FromDays(1),
        },
        _ => throw new InvalidDataException($"{Name}: the range has to begin at now-N"),
    };

    internal static IReadOnlyList<DashboardFile> All() =>
    [
        .. Directory.GetFiles(DeployFolders.Dashboards, "*.json").Order(StringComparer.Ordinal)
            .Select(path => new DashboardFile(Path.GetFileNameWithoutExtension(path), JsonDocument.Parse(File.ReadAllBytes(path)).RootElement)),
    ];

    internal static DashboardFile Named(string name) => All().Single(file => file.Name == name);

    [GeneratedRegex("^now-([0-9]+)([mhd])$")]
    private static partial Regex Ago();
}
