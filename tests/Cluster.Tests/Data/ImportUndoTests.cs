using System.Globalization;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.Cluster.Tests.Data;

/// <summary>Import, undo and import again over Kafka, while an instance of every service and the engine are killed in the middle of the undo.</summary>
[Collection(nameof(Brokers))]
public sealed class ImportUndoTests(Brokers brokers)
{
    private const string Rows = "SELECT (SELECT count() FROM events), (SELECT count() FROM session_rows), (SELECT count() FROM late_events)";

    [SkippableFact]
    public async Task Undone_and_imported_again_the_shop_has_the_expected_sessions_whoever_is_killed()
    {
        Skip.If(ShopData.WhyNone is not null, ShopData.WhyNone);
        var shop = ShopData.Read();
        var random = new Random(41);
        await using var cluster = new ClusterProduct(brokers.Broker, 4);
        await cluster.StartAsync(2, 2, 2, CancellationToken.None);
        string[] import = ["import", ShopData.File, "--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp"];
        for (var round = 0; round < 3; round++)
        {
            // By one collector, undone by the other.
            await RunAsync(cluster, 0, import);
            await ImportedAsync(cluster, shop);

            Assert.StartsWith("undone: ", await RunAsync(cluster, 1, "import", "--undo", ShopData.File), StringComparison.Ordinal);
            var wanted = random.Next(0, 20);
            await Wait.ForAsync(
                () => cluster.SqlAsync($"SELECT count() FROM import_undos WHERE generation = {round}", CancellationToken.None),
                count => int.Parse(count, CultureInfo.InvariantCulture) >= wanted, () => $"{wanted} steps of the undo", pause: TimeSpan.FromMilliseconds(5));
            var victim = new[] { cluster.Aggregators[round % 2].Process, cluster.Sessionizers[round % 2].Process, cluster.Engine }[round];
            victim.Kill();
            victim.Start();
            await victim.ReadyAsync(ChildProcess.Patience, CancellationToken.None);
            await cluster.EventuallyAsync($"SELECT sum(done) FROM import_undos FINAL WHERE generation = {round}", $"{4 * cluster.Partitions}");
            Assert.True(await cluster.SqlAsync(Rows, CancellationToken.None) is var left && left == "0\t0\t0", $"rows of the undone import in events, session_rows and late_events: {left}");
            Assert.Equal(RollupSet.AllRight, await cluster.SqlAsync(RollupSet.WrongKeys, CancellationToken.None));
            Assert.StartsWith("already undone", await RunAsync(cluster, 0, "import", "--undo", ShopData.File), StringComparison.Ordinal);
        }
        await RunAsync(cluster, 1, import);
        await ImportedAsync(cluster, shop);
    }

    private static async Task ImportedAsync(ClusterProduct cluster, ShopData shop)
    {
        // Events and sessions are loaded by different loaders, in any order.
        await cluster.EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{shop.Events.Count}\t{shop.Events.Count}");
        await cluster.EventuallyAsync("SELECT count() FROM sessions", $"{shop.Sessions}");
        Assert.Equal(shop.SessionsHash, SessionSet.HashOf(await cluster.SqlAsync(SessionSet.Query, CancellationToken.None)));
        // The rows of a batch can be read a moment before what the views make of them.
        await cluster.EventuallyAsync(RollupSet.WrongKeys, RollupSet.AllRight);
    }

    private static async Task<string> RunAsync(ClusterProduct cluster, int collector, params string[] arguments)
    {
        var run = await Shell.RunOursAsync("tidemark.dll", [.. arguments, "--to", cluster.Collectors[collector].Door("/").ToString(), "--key", cluster.Key]);
        Assert.True(run.Status == 0, $"{arguments[0]}: {run.Out}{run.Error}");
        return run.Out;
    }
}
