using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Scenarios;

namespace Tidemark.Cluster.Tests.Faults;

/// <summary>The short form of the fault campaign; the long one is a command of the load tests. It has a broker of its own, since it kills it.</summary>
[Collection(nameof(Brokers))]
public sealed class CampaignTests
{
    [SkippableFact]
    public async Task Sessions_that_close_and_are_corrected_while_everything_fails_are_right_at_every_commit_and_at_the_end()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        Skip.If(Toxiproxy.WhyNone is not null, Toxiproxy.WhyNone);
        string[] kinds =
            [
                "kill-collector", "kill-sessionizer", "kill-aggregator", "kill-broker", "pause-sessionizer", "rebalance-sessionizer",
                "clickhouse-down", "clickhouse-cut", "clickhouse-slow", "clickhouse-read-only",
            ];
        var options = new CampaignOptions(
            Duration: null, Seed: 6, Brokers: 1, kinds, Rate: 100, Partitions: 4, Hold: TimeSpan.FromSeconds(2), Pause: CampaignOptions.SessionTimeout + TimeSpan.FromSeconds(3), Results: null);
        Assert.Equal(0, await Campaign.RunAsync(options, CancellationToken.None));
    }

    [Fact]
    public void A_plan_is_of_its_seed_and_every_round_has_each_kind_once()
    {
        var options = new CampaignOptions(TimeSpan.FromMinutes(1), Seed: 7, 1, CampaignPlan.Kinds, 100, 4, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40), null);
        var rounds = CampaignPlan.Rounds(options).Take(3).ToList();
        Assert.Equal(rounds, CampaignPlan.Rounds(options).Take(3));
        Assert.NotEqual(rounds, CampaignPlan.Rounds(options with { Seed = 8 }).Take(3));
        Assert.All(rounds, round => Assert.Equal(CampaignPlan.Kinds.Order(), round.Select(step => step.Kind).Order()));
    }
}
