using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.Cluster.Tests.Data;

/// <summary>The local edition's <c>import</c> against a cluster's collector: two sessionizers, two aggregators, 8 partitions.</summary>
[Collection(nameof(Brokers))]
public sealed class ImportTests(Brokers brokers)
{
    [SkippableFact]
    public async Task The_imported_shop_has_the_expected_sessions_and_a_second_import_changes_nothing()
    {
        Skip.If(ShopData.WhyNone() is not null, ShopData.WhyNone());
        var shop = ShopData.Read();
        await using var cluster = new ClusterProduct(brokers.Broker, 8);
        await cluster.StartAsync(1, 2, 2, CancellationToken.None);
        for (var time = 0; time < 2; time++)
        {
            var import = await Shell.RunAsync(
                "Local", "import", ShopData.File, "--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp",
                "--to", cluster.Collectors[0].Door("/").ToString(), "--key", cluster.Key);
            Assert.True(import.Status == 0, import.Out + import.Errors);
            await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{shop.Events.Count}\t{shop.Events.Count}");
            await cluster.EventuallyAsync("SELECT count() FROM sessions", $"{shop.Sessions}");
            Assert.Equal(shop.SessionsHash, SessionSet.HashOf(await cluster.SqlAsync(SessionSet.Query, CancellationToken.None)));
        }
    }
}
