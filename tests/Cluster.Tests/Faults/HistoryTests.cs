using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Scenarios;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.Cluster.Tests.Faults;

/// <summary>Short forms of the fault scenarios; the long ones are commands of the load tests. Each has a broker of its own, since it kills it.</summary>
[Collection(nameof(Brokers))]
public sealed class HistoryTests
{
    [SkippableFact]
    public async Task The_shops_sessions_are_the_expected_ones_though_everything_is_killed_and_instances_come_and_go()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        await HistoryUnderFaults.RunAsync(new HistoryFaultOptions(new ShopHistory(ShopData.Read(), rate: 2_500), Kills: 1, Seed: 3, Partitions: 8, Link: false), CancellationToken.None);
    }

    [SkippableFact]
    public async Task The_shops_sessions_are_the_expected_ones_though_the_link_to_ClickHouse_is_slow_and_loses_answers_and_is_cut()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        Skip.If(Toxiproxy.WhyNone is not null, Toxiproxy.WhyNone);
        await HistoryUnderFaults.RunAsync(new HistoryFaultOptions(new ShopHistory(ShopData.Read(), rate: 3_000), Kills: 0, Seed: 4, Partitions: 8, Link: true), CancellationToken.None);
    }

    [SkippableFact]
    public async Task A_live_stream_through_all_doors_adds_up_though_an_instance_of_each_service_is_killed()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        var options = new SteadyOptions(TimeSpan.FromSeconds(25), Rate: 300, RestartEvery: TimeSpan.FromSeconds(10), Kill: true, Seed: 5, Partitions: 4, Results: null, Settings: new Dictionary<string, string>());
        await Steady.RunAsync(options, CancellationToken.None);
    }
}
