namespace Tidemark.LoadTests.Scenarios;

/// <summary>One fault of a plan; all that is random in it is drawn beforehand, so that a seed gives the same plan however the run goes.</summary>
/// <param name="Kind">One of <see cref="CampaignPlan.Kinds"/>.</param>
/// <param name="Victim">Which of the instances that run, counted round and round.</param>
/// <param name="Before">Time since the fault before was healed.</param>
/// <param name="Hold">How long it lasts.</param>
/// <param name="AtOnce">A killed process is started again at once, not when others have taken over.</param>
/// <param name="Meanwhile">A kill in the middle of a pause; null for none.</param>
internal sealed record CampaignStep(string Kind, int Victim, TimeSpan Before, TimeSpan Hold, bool AtOnce, CampaignStep? Meanwhile)
{
    public override string ToString() => Meanwhile is null ? Kind : $"{Kind} with {Meanwhile.Kind}";
}

/// <summary>The order of faults: rounds in which every kind comes once, each round shuffled.</summary>
internal static class CampaignPlan
{
    private static readonly string[] _services = ["collector", "sessionizer", "aggregator"];

    /// <summary>What can be done to the cluster, in words of <see cref="CampaignFaults"/>.</summary>
    internal static IReadOnlyList<string> Kinds { get; } =
        [
            .. _services.Select(static service => $"kill-{service}"), "kill-broker",
            .. _services.Select(static service => $"pause-{service}"), "pause-broker",
            .. _services.Select(static service => $"rebalance-{service}"),
            "clickhouse-down", "clickhouse-cut", "clickhouse-slow", "clickhouse-silent", "clickhouse-refusing", "clickhouse-read-only",
            "silence",
        ];

    /// <summary>One round after the other, without end.</summary>
    internal static IEnumerable<IReadOnlyList<CampaignStep>> Rounds(CampaignOptions options)
    {
        var random = new Random(options.Seed);
        while (true)
        {
            var kinds = options.Kinds.ToArray();
            random.Shuffle(kinds);
            yield return [.. kinds.Select(kind => Step(kind, options, random))];
        }
    }

    private static CampaignStep Step(string kind, CampaignOptions options, Random random)
    {
        var step = new CampaignStep(
            kind, random.Next(100), options.Hold * (random.NextDouble() / 2), options.Hold * (0.5 + random.NextDouble()), random.Next(2) == 0, Meanwhile: null);
        // One that is paused, and another one of the same service killed, would leave nobody.
        var others = _services.Where(service => kind != $"pause-{service}").ToArray();
        var other = others[random.Next(others.Length)];
        var both = random.Next(2) == 0 && options.Duration is not null && kind.StartsWith("pause-", StringComparison.Ordinal);
        return both ? step with { Meanwhile = step with { Kind = $"kill-{other}", AtOnce = true } } : step;
    }
}
