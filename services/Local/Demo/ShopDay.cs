using System.Text;
using System.Text.Json.Nodes;

namespace Tidemark.Local.Demo;

/// <summary>The shop's past day: several hundred visitors, busier in the evening, in time order. The same seed and end give the same day.</summary>
internal sealed class ShopDay(int seed, DateTimeOffset end, string idPrefix)
{
    private const int Visitors = 620;

    private static readonly TimeSpan Length = TimeSpan.FromHours(24);

    /// <summary>Visits per hour of the day (UTC), relative.</summary>
    private static readonly int[] Busy = [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 11, 10, 10, 11, 13, 16, 20, 22, 18, 11, 6];

    public DateTimeOffset Start => end - Length;

    public IReadOnlyList<(DateTimeOffset Time, JsonObject Event)> Events()
    {
        var random = new Random(seed);
        var events = new List<(DateTimeOffset Time, JsonObject Event)>();
        for (var number = 1; number <= Visitors; number++)
        {
            var visitor = new ShopVisitor(random, number, idPrefix);
            for (var visit = 0; visit < visitor.Visits; visit++)
                events.AddRange(visitor.Visit(Moment(random)));
        }
        // A visit may go on past the day's end; the history door is for what lies behind.
        return [.. events.Where(e => e.Time < end).OrderBy(e => e.Time)];
    }

    private DateTimeOffset Moment(Random random)
    {
        while (true)
        {
            var time = Start + Length * random.NextDouble();
            if (random.Next(Busy.Max()) < Busy[time.UtcDateTime.Hour])
                return time;
        }
    }

    public static byte[] Utf8(JsonObject one) => Encoding.UTF8.GetBytes(one.ToJsonString());
}
