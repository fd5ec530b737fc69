using Tidemark.Aggregator.Http;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Demo;

/// <summary>
/// The demo's own database on a ClickHouse server that is there, as its data folder is its own: made-up traffic never mixes with anybody's events, and both begin empty together.
/// </summary>
internal static class DemoDatabase
{
    public const string Name = "tidemark_demo";

    private const string DatabaseOption = "clickhouse-database";

    /// <summary>Fails where a folder would be emptied and the rows that were loaded from it kept: nothing of the new log would be loaded beside them.</summary>
    public static void Check(LocalOptions options, DemoOptions demo)
    {
        if (!options.UsesServer)
            return;
        if (demo.OwnFolder && options.Given.Contains(DatabaseOption))
        {
            throw new CommandFailedException(
                $"the demo's own data folder is emptied at every start, and database {options.Aggregator.Database} would keep the rows of the demo before: name a folder too, with --data DIR, or leave {DatabaseOption} out ({Name})");
        }
        if (demo.Reset && !demo.OwnFolder)
            throw new CommandFailedException($"--reset does not empty a database of a ClickHouse server: drop database {options.Aggregator.Database} and delete the folder {Quoted.Text(options.Data)}, or leave --data out");
    }

    public static LocalOptions Choose(LocalOptions options, DemoOptions demo) =>
        demo.OwnFolder ? options with { Aggregator = options.Aggregator with { Database = Name } } : options;

    public static async Task DropAsync(LocalOptions options, CancellationToken cancellation)
    {
        using var client = new ClickHouseClient(options.Aggregator);
        try
        {
            await client.QueryServerAsync($"DROP DATABASE IF EXISTS {Name} SYNC", cancellation);
        }
        catch (ClickHouseException e)
        {
            throw new CommandFailedException($"the demo's database {Name} cannot be dropped: {Quoted.Text(e.Message, 300)}");
        }
    }
}
