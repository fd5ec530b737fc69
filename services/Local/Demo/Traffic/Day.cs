namespace Tidemark.Local.Demo.Traffic;

/// <summary>A day of the shop: everything follows from the seed and the day's end. Visitors come by the hour's weight, some again after a while.</summary>
internal sealed class Day
{
    private const int Visitors = 720;

    /// <summary>Shortest pause between two visits of somebody; longer than the usual gap, so that they are two sessions.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(35);

    private static readonly IReadOnlyList<(int Visits, double Weight)> VisitCounts = [(1, 0.66), (2, 0.2), (3, 0.09), (4, 0.05)];

    private Day(int seed, DateTimeOffset end, IReadOnlyList<ShopEvent> events, IReadOnlyList<Shopper> gone) =>
        (Seed, End, Events, Gone) = (seed, end, events, gone);

    public int Seed { get; }

    public DateTimeOffset Start => End - TimeSpan.FromDays(1);

    /// <summary>Every event is before it.</summary>
    public DateTimeOffset End { get; }

    /// <summary>Name of the import.</summary>
    public string ImportId => IdOf(Seed, End);

    /// <summary>By time.</summary>
    public IReadOnlyList<ShopEvent> Events { get; }

    /// <summary>Those who were not there any more in the day's last hour: they may come back.</summary>
    public IReadOnlyList<Shopper> Gone { get; }

    public static Day Generate(int seed, DateTimeOffset end)
    {
        var random = new Random(seed);
        var writer = new EventWriter(IdOf(seed, end));
        var events = new List<ShopEvent>(10_000);
        var gone = new List<Shopper>();
        for (var i = 0; i < Visitors; i++)
        {
            var shopper = Shopper.New(random);
            var from = events.Count;
            Visit(shopper, random, writer, end, events);
            if (events.Count > from && events[^1].OccurredAt < end - TimeSpan.FromHours(1))
                gone.Add(shopper);
        }
        return new Day(seed, end, [.. events.OrderBy(static e => e.OccurredAt)], gone);
    }

    private static string IdOf(int seed, DateTimeOffset end) => $"demo-{seed}-{end.UtcDateTime:yyyyMMdd'T'HHmmss}";

    private static void Visit(Shopper shopper, Random random, EventWriter writer, DateTimeOffset end, List<ShopEvent> events)
    {
        var visits = random.Pick(VisitCounts);
        var arrivals = Enumerable.Range(0, visits).Select(_ => Arrival(random, end)).Order().ToList();
        var earliest = DateTimeOffset.MinValue;
        foreach (var arrival in arrivals)
        {
            var at = arrival < earliest ? earliest : arrival;
            foreach (var step in new Visit(shopper, random).Walk())
            {
                at += step.After;
                if (at >= end)
                    return;
                events.Add(writer.Write(shopper, step, at));
            }
            earliest = at + ShortestPause + TimeSpan.FromSeconds(random.Next(3600));
        }
    }

    /// <summary>A moment of the day: one of its 1,440 minutes by the weight of its hour of the clock, and a millisecond of that minute.</summary>
    private static DateTimeOffset Arrival(Random random, DateTimeOffset end)
    {
        while (true)
        {
            var at = end - TimeSpan.FromMilliseconds(1 + random.NextInt64(24 * 60 * 60 * 1000));
            if (random.NextDouble() * 2 < Shop.HourWeights[at.UtcDateTime.Hour])
                return at;
        }
    }
}
