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
        Skip.If(ShopData.WhyNone() is not null, ShopData.WhyNone());
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

    /// <summary>The local edition's sessions of the log are held against the expected ones elsewhere; here the cluster's against the local edition's.</summary>
    [SkippableFact]
    public async Task The_imported_web_log_has_the_sessions_of_the_local_edition()
    {
        var log = Path.Combine(ShopData.Folder, "apache_logs.gz");
        Skip.If(ShopData.WhyNone() is not null, ShopData.WhyNone());
        var folder = Directory.CreateTempSubdirectory("tidemark-log-").FullName;
        try
        {
            // The same key makes the same visitors of addresses in both.
            Environment.SetEnvironmentVariable("TIDEMARK_VISITOR_KEY", new string('7', 64));
            await RunAsync("import", log, "--format", "access-log", "--data", folder);
            var local = await RunAsync("sql", SessionSet.Query, "--format", "TSVRaw", "--data", folder);
            await using var cluster = new ClusterProduct(brokers.Broker, 8);
            await cluster.StartAsync(1, 2, 2, CancellationToken.None);
            await RunAsync("import", log, "--format", "access-log", "--to", cluster.Collectors[0].Door("/").ToString(), "--key", cluster.Key);
            await cluster.EventuallyAsync("SELECT count() FROM events", "9999");
            await cluster.EventuallyAsync("SELECT count(), sum(events) FROM sessions", "3223\t9999");
            Assert.Equal(SessionSet.HashOf(local), SessionSet.HashOf(await cluster.SqlAsync(SessionSet.Query, CancellationToken.None)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TIDEMARK_VISITOR_KEY", null);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var run = await Shell.RunAsync("Local", arguments);
        Assert.True(run.Status == 0, $"{arguments[0]}: {run.Out}{run.Errors}");
        return run.Out;
    }
}
