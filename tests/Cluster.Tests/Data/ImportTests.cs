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
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        var shop = ShopData.Read();
        await using var cluster = new ClusterProduct(brokers.Broker, 8);
        await cluster.StartAsync(1, 2, 2, CancellationToken.None);
        for (var time = 0; time < 2; time++)
        {
            await RunAsync(
                "import", ShopData.File, "--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp",
                "--to", cluster.Collectors[0].Door("/").ToString(), "--key", cluster.Key);
            await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{shop.Events.Count}\t{shop.Events.Count}");
            await cluster.EventuallyAsync("SELECT count() FROM sessions", $"{shop.Sessions}");
            Assert.Equal(shop.SessionsHash, SessionSet.HashOf(await cluster.SqlAsync(SessionSet.Query, CancellationToken.None)));
        }
    }

    [SkippableFact]
    public async Task What_a_local_edition_exported_has_the_same_sessions_in_the_cluster()
    {
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        var shop = ShopData.Read();
        var folder = Directory.CreateTempSubdirectory("tidemark-moving-").FullName;
        try
        {
            var (data, file) = (Path.Combine(folder, "data"), Path.Combine(folder, "events.ndjson.gz"));
            await RunAsync("import", ShopData.File, "--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp", "--data", data);
            await RunAsync("export", file, "--data", data);
            await using var cluster = new ClusterProduct(brokers.Broker, 8);
            await cluster.StartAsync(1, 1, 1, CancellationToken.None);
            await RunAsync("import", file, "--format", "ndjson", "--to", cluster.Collectors[0].Door("/").ToString(), "--key", cluster.Key);
            await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{shop.Events.Count}\t{shop.Events.Count}");
            await cluster.EventuallyAsync("SELECT count() FROM sessions", $"{shop.Sessions}");
            Assert.Equal(shop.SessionsHash, SessionSet.HashOf(await cluster.SqlAsync(SessionSet.Query, CancellationToken.None)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task The_imported_web_log_has_the_expected_sessions()
    {
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        var key = WebLogData.NewKey();
        var log = WebLogData.Read(key);
        await using var cluster = new ClusterProduct(brokers.Broker, 8);
        await cluster.StartAsync(1, 2, 2, CancellationToken.None);
        await RunAsync(
            [new("TIDEMARK_VISITOR_KEY", Convert.ToHexStringLower(key))],
            "import", WebLogData.File, "--format", "access-log", "--to", cluster.Collectors[0].Door("/").ToString(), "--key", cluster.Key);
        await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{log.Events}\t{log.Events}");
        await cluster.EventuallyAsync("SELECT count(), sum(events) FROM sessions", $"{log.Sessions}\t{log.Events}");
        var rows = await cluster.SqlAsync(SessionSet.Query, CancellationToken.None);
        Assert.Equal(log.SessionsHash, log.HashOf(rows.Split('\n')));
    }

    private static Task<string> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private static async Task<string> RunAsync(KeyValuePair<string, string?>[] environment, params string[] arguments)
    {
        var run = await Shell.RunOursAsync("tidemark.dll", arguments, environment);
        Assert.True(run.Status == 0, $"{arguments[0]}: {run.Out}{run.Error}");
        return run.Out;
    }
}
