using Tidemark.Aggregator.Migrations;
using Tidemark.Aggregator.Tables;
using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Migrations;

public sealed class MigratorTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task Run_FreshDatabase_HasTheNamesThatOthersRelyOn()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        foreach (var (table, columns) in new[]
        {
            ("sessions", "project, session_id, visitor_id, user_id, started_at, ended_at, duration_ms, events, pages, actions, errors, entry_page, exit_page, version"),
            ("events", "project, event_id, visitor_id, user_id, type, event, occurred_at, received_at, page"),
            ("live_sessions", "project, session_id, visitor_id, started_at, last_event_at, events, current_page"),
            ("late_events", "project, event_id, visitor_id, reason"),
            ("rejected_events", "project, code, received_at, door"),
            ("imports", "project, import_id, partition, kind, events, duplicates, late, sessions, closed_at"),
        })
        {
            await database.ExecuteAsync($"SELECT {columns} FROM {table} LIMIT 0");
        }
        Assert.Equal(
            ["events|received_at|DateTime64(3, \\'UTC\\')", "events|visitor_id|String", "sessions|started_at|DateTime64(3, \\'UTC\\')", "sessions|visitor_id|String"],
            await database.LinesAsync(
                """
                SELECT table, name, type FROM system.columns
                WHERE database = currentDatabase() AND (table, name) IN (('sessions', 'started_at'), ('events', 'received_at'), ('events', 'visitor_id'), ('sessions', 'visitor_id'))
                ORDER BY table, name
                """));
    }

    /// <summary>Columns, types and comments stand in <c>schemas/</c>; the migrations have to make them so.</summary>
    [Fact]
    public async Task Run_FreshDatabase_HasTheColumnsOfTheSchemasWithTheirTypesAndComments()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        foreach (var block in new TopicBlock[] { EventBlock.New(), SessionBlock.New(), LiveSessionBlock.New(), LateEventBlock.New(), RejectedEventBlock.New() })
        {
            var columns = await database.Client.RowsAsync(
                $"SELECT name, replaceAll(type, '\\'', '\"'), length(comment) FROM system.columns WHERE database = currentDatabase() AND table = '{block.Table}' ORDER BY name", default);
            Assert.Equal(
                block.Block.Columns.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => $"{c.Name} {c.Type.Replace('\'', '"')}"),
                columns.Select(c => $"{c[0]} {c[1]}"));
            Assert.All(columns, c => Assert.True(c[2] != "0", $"{block.Table}.{c[0]} has no comment"));
        }
        Assert.Equal(
            "Device family: desktop, mobile, tablet, bot, or empty when unknown.",
            await database.ScalarAsync("SELECT comment FROM system.columns WHERE database = currentDatabase() AND table = 'events' AND name = 'device'"));
    }

    [Fact]
    public async Task Run_Repeated_ChangesNothing()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        var before = await database.LinesAsync("SELECT version, name, checksum FROM schema_migrations ORDER BY version");
        await database.MigrateAsync();
        Assert.Equal(before, await database.LinesAsync("SELECT version, name, checksum FROM schema_migrations ORDER BY version"));
        Assert.Equal(SqlFile.Migrations().Count, before.Length);
    }

    [Fact]
    public async Task Run_Repeated_LeavesViewsAsTheyAre()
    {
        const string Views = "SELECT name, uuid FROM system.tables WHERE database = currentDatabase() ORDER BY name";
        using var database = await TestDatabase.MigratedAsync(engine);
        var before = await database.LinesAsync(Views);
        await database.MigrateAsync();
        Assert.Equal(before, await database.LinesAsync(Views));
    }

    [Theory]
    [InlineData("CREATE OR REPLACE VIEW overview AS SELECT 1 AS one")]
    [InlineData("DROP VIEW overview")]
    [InlineData("ALTER TABLE events COMMENT COLUMN device 'something else'")]
    [InlineData("ALTER TABLE schema_migrations MODIFY COMMENT 'something else'")]
    public async Task Run_SomebodyChangedAViewOrComment_MakesItAnew(string change)
    {
        const string Definitions = "SELECT name, create_table_query, comment FROM system.tables WHERE database = currentDatabase() ORDER BY name";
        using var database = await TestDatabase.MigratedAsync(engine);
        var before = await database.LinesAsync(Definitions);
        await database.ExecuteAsync(change);
        Assert.NotEqual(before, await database.LinesAsync(Definitions));
        await database.MigrateAsync();
        Assert.Equal(before, await database.LinesAsync(Definitions));
    }

    [Fact]
    public async Task Run_OtherViewsThanTheLastProgramHad_MakesThem()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.NewMigrator(SqlFile.Migrations(), [new SqlFile("one.sql", "CREATE OR REPLACE VIEW one AS SELECT 1 AS one")]).RunAsync(default);
        Assert.Equal("1", await database.ScalarAsync("SELECT one FROM one"));
    }

    [Fact]
    public async Task Run_DatabaseOfTheVersionWithoutSeq_KeepsItsRowsInTheirOrder()
    {
        using var database = TestDatabase.Empty(engine);
        await database.NewMigrator([.. SqlFile.Migrations().Where(file => file.Version < 4)], []).RunAsync(default);
        foreach (var id in new[] { 3, 1, 2 })
        {
            await database.ExecuteAsync(
                $"INSERT INTO events (project, event_id, visitor_id, kind, page, occurred_at, received_at, log_offset) VALUES ('p', {id}, 'v', 'page', '/{id}', '2026-05-04 10:00:00', now(), {id})");
        }
        await database.MigrateAsync();
        Assert.Equal(
            ["/1|0", "/2|0", "/3|0"], await database.LinesAsync("SELECT page, seq FROM visitor_timeline(project = 'p', visitor = 'v', t0 = '2026-05-01', t1 = '2026-06-01')"));
        Assert.Equal("0", await database.ScalarAsync("SELECT count(seq) FROM late_events"));
    }

    [Fact]
    public async Task Run_DatabaseOfTheVersionWithoutAgents_KeepsItsSessions()
    {
        using var database = TestDatabase.Empty(engine);
        await database.NewMigrator([.. SqlFile.Migrations().Where(file => file.Version < 7)], []).RunAsync(default);
        await database.ExecuteAsync(
            "INSERT INTO session_rows (project, session_id, visitor_id, version, sign, started_at, ended_at, device, emitted_at) VALUES ('p', 1, 'v', 1, 1, '2026-05-04 10:00:00', '2026-05-04 10:00:01', 'mobile', now())");
        await database.ExecuteAsync(
            "INSERT INTO live_session_rows (project, session_id, revision, visitor_id, started_at, last_event_at, device, updated_at) VALUES ('p', 2, 1, 'v', now64(3), now64(3), 'tablet', now64(3))");
        await database.MigrateAsync();
        Assert.Equal(["1|mobile|||"], await database.LinesAsync("SELECT session_id, device, browser, os, app_version FROM sessions"));
        Assert.Equal(["2|tablet|||"], await database.LinesAsync("SELECT session_id, device, browser, os, app_version FROM live_sessions"));
    }

    [Fact]
    public async Task Run_AppliedMigrationChanged_IsRefusedAndSaysWhichFile()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        var changed = SqlFile.Migrations().Select((file, i) => i == 0 ? file with { Text = file.Text + "\n-- changed" } : file).Select(file => new SqlFile(file.Name, file.Text)).ToArray();
        var e = await Assert.ThrowsAsync<MigrationException>(() => database.NewMigrator(changed, []).RunAsync(default));
        Assert.Contains("0001_tables.sql", e.Message);
        Assert.Contains("must not be changed", e.Message);
    }

    [Fact]
    public async Task Run_DatabaseOfANewerVersion_IsRefused()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.ExecuteAsync("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future.sql', 'x')");
        var e = await Assert.ThrowsAsync<MigrationException>(database.MigrateAsync);
        Assert.Contains("9999_future.sql", e.Message);
    }

    [Fact]
    public async Task EveryTableThatIsWritten_HasADeduplicationWindow()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        var tables = await database.Client.RowsAsync(
            "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name", default);
        Assert.True(tables.Length >= 11, $"only {tables.Length} tables");
        Assert.All(tables, table => Assert.Contains("non_replicated_deduplication_window = 100000", table[1]));
        var targets = await database.Client.RowsAsync(
            "SELECT extract(create_table_query, ' TO [a-z0-9_`]+\\.`?([a-z0-9_]+)') FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'", default);
        Assert.NotEmpty(targets);
        Assert.All(targets, target => Assert.Contains(target[0], tables.Select(table => table[0])));
    }

    [Fact]
    public void Statements_SemicolonsInQuotesAndComments_DoNotDivide()
    {
        var statements = SqlStatements.Of("-- a; b\nSELECT ';' /* ; */, `a;b`; \n\n SELECT 'it\\'s;' ;-- end;\n");
        Assert.Equal(["-- a; b\nSELECT ';' /* ; */, `a;b`", "SELECT 'it\\'s;'"], statements);
    }
}
