using System.Text.Json;
using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Tests.Demo;

/// <summary>What the demo's events say, read back from their JSON, and their sessions by the plain definition: a new one after more than the gap.</summary>
internal sealed class Told
{
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(30);

    public Told(Day day)
    {
        All = [.. day.Events.Select(static e => (e, JsonDocument.Parse(e.Json).RootElement))];
        foreach (var visitor in day.Events.GroupBy(static e => e.Visitor))
        {
            var previous = DateTimeOffset.MinValue;
            foreach (var one in visitor)
            {
                if (one.OccurredAt - previous > Gap)
                    Sessions.Add([]);
                Sessions[^1].Add(one);
                previous = one.OccurredAt;
            }
        }
    }

    public IReadOnlyList<(ShopEvent Event, JsonElement Json)> All { get; }

    public List<List<ShopEvent>> Sessions { get; } = [];

    public int Visitors => Sessions.Select(static s => s[0].Visitor).Distinct().Count();

    public int VisitorsThat(string name) => All.Where(e => e.Event.Name == name).Select(static e => e.Event.Visitor).Distinct().Count();

    public double ConversionOf(string variant)
    {
        var exposed = All.Where(e => e.Event.Name == "exposure" && e.Json.GetProperty("properties").GetProperty("variant").GetString() == variant)
            .Select(static e => e.Event.Visitor).ToHashSet();
        var bought = All.Where(static e => e.Event.Name == "purchase").Select(static e => e.Event.Visitor).ToHashSet();
        return (double)exposed.Count(bought.Contains) / exposed.Count;
    }
}
