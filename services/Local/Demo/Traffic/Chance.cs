namespace Tidemark.Local.Demo.Traffic;

/// <summary>Draws from the distributions that traffic is made of.</summary>
internal static class Chance
{
    public static T Pick<T>(this Random random, IReadOnlyList<(T Value, double Weight)> weighted)
    {
        var at = random.NextDouble() * weighted.Sum(static w => w.Weight);
        foreach (var (value, weight) in weighted)
        {
            at -= weight;
            if (at < 0)
                return value;
        }
        return weighted[^1].Value;
    }

    public static T Pick<T>(this Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>By popularity: of each two neighbours in the list the first is taken more often.</summary>
    public static T PickPopular<T>(this Random random, IReadOnlyList<T> all) => all[(int)(all.Count * Math.Pow(random.NextDouble(), 1.7))];

    /// <summary>A time to read something: log-normal around the median (seconds), one second to twenty minutes, so that it never ends a session.</summary>
    public static TimeSpan Reading(this Random random, double median)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return TimeSpan.FromMilliseconds(Math.Round(Math.Clamp(median * Math.Exp(normal * 0.9), 1, 1200) * 1000));
    }
}
