namespace Tidemark.Contracts;

/// <summary>What belongs to each <see cref="Lane"/>.</summary>
public static class Lanes
{
    /// <summary>Names as tables, metrics and exports have them, in the order of the values.</summary>
    public static IReadOnlyList<string> Names { get; } = ["live", "history"];

    public static string Name(this Lane lane) => Names[(int)lane];

    /// <summary>The topic of its accepted events.</summary>
    public static string Topic(this Lane lane) => lane == Lane.History ? Topics.History : Topics.Events;

    /// <summary>The lane of the events of a topic.</summary>
    public static Lane OfTopic(string topic) => topic == Topics.History ? Lane.History : Lane.Live;
}
