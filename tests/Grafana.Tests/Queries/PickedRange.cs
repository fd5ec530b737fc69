namespace Tidemark.Grafana.Tests.Queries;

/// <summary>What the time picker says, and the bucket that follows from it.</summary>
internal sealed record PickedRange(DateTimeOffset From, DateTimeOffset To, int IntervalSeconds)
{
    private static readonly int[] Steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800];

    /// <summary>The bucket that Grafana would choose: a round one, at least the panel's own, with about as many points as the panel wants.</summary>
    internal static PickedRange For(DateTimeOffset from, DateTimeOffset to, Dashboards.Panel panel)
    {
        var points = panel.Json.TryGetProperty("maxDataPoints", out var most) ? most.GetInt32() : 1000;
        var least = panel.Json.TryGetProperty("interval", out var interval) ? Seconds(interval.GetString()!) : 1;
        var wanted = (to - from).TotalSeconds / points;
        return new(from, to, Steps.First(step => step >= least && step >= wanted));
    }

    private static int Seconds(string interval) => int.Parse(interval[..^1]) * interval[^1] switch { 's' => 1, 'm' => 60, _ => 3600 };
}
