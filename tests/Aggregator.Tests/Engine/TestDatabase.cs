using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Migrations;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Verification;

namespace Tidemark.Aggregator.Tests.Engine;

/// <summary>A migrated database with merges stopped: views must be right on unmerged parts.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly AggregatorMetrics _metrics = new();

    private TestDatabase(AggregatorOptions options)
    {
        Options = options;
        Client = new ClickHouseClient(options);
    }

    public AggregatorOptions Options { get; }

    public ClickHouseClient Client { get; }

    public static TestDatabase Empty(EngineFixture engine) => new(engine.NewDatabase());

    public static async Task<TestDatabase> MigratedAsync(EngineFixture engine)
    {
        var database = Empty(engine);
        await database.MigrateAsync();
        foreach (var table in await database.Client.RowsAsync("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'", default))
            await database.Client.QueryAsync($"SYSTEM STOP MERGES {table[0]}", default);
        return database;
    }

    public Task MigrateAsync() =>
        NewMigrator(SqlFile.Migrations(), SqlFile.Analytics(), SqlFile.Comments()).RunAsync(default);

    public Migrator NewMigrator(IReadOnlyList<SqlFile> migrations, IReadOnlyList<SqlFile> views, IReadOnlyList<SqlFile>? comments = null) =>
        new(Client, NewLink(), Options.Database, migrations, comments ?? [], views, NullLogger.Instance);

    internal BatchVerifier NewVerifier() =>
        new(Client, NewLink(), new LoadPlanLog(Client, NewLink(), "test", TimeProvider.System), _metrics, TimeProvider.System, Random.Shared, NullLogger.Instance);

    private EngineLink NewLink() => new(Options, _metrics, TimeProvider.System, Random.Shared, NullLogger.Instance);

    /// <summary>One value.</summary>
    public async Task<string> ScalarAsync(string sql) => (await Client.QueryAsync(sql, default)).TrimEnd('\n');

    /// <summary>Rows as lines, their values separated by '|'.</summary>
    public async Task<string[]> LinesAsync(string sql) => [.. (await Client.RowsAsync(sql, default)).Select(row => string.Join('|', row))];

    /// <summary>Waits until the query answers with these lines; one that the engine refuses meanwhile is a failure.</summary>
    public Task EventuallyAsync(string sql, params string[] expected) => Wait.ForAsync(
        async () => string.Join('\n', await LinesAsync(sql)), string.Join('\n', expected), sql);

    public Task ExecuteAsync(string sql) => Client.QueryAsync(sql, default);

    public void Dispose()
    {
        Client.Dispose();
        _metrics.Dispose();
    }
}
