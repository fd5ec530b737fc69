namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>What the engine is there for, in a process that is confined.</summary>
[Collection("engine")]
public sealed class ConfinedWorkTests(EngineFixture engine, UnguardedEngine unguarded) : IClassFixture<UnguardedEngine>
{
    [Fact]
    public async Task Table_ThroughItsLife_Works()
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (p UInt8, a UInt64, b String) ENGINE = MergeTree PARTITION BY p ORDER BY a SETTINGS min_bytes_for_wide_part = 0");
        for (var i = 0; i < 4; i++)
            await engine.WriteAsync($"INSERT INTO {table} SELECT number % 2, number, toString(number) FROM numbers(50000)");
        await engine.WriteAsync($"OPTIMIZE TABLE {table} FINAL");
        await engine.WriteAsync($"ALTER TABLE {table} UPDATE b = 'x' WHERE a = 7 SETTINGS mutations_sync = 2");
        await engine.WriteAsync($"ALTER TABLE {table} DELETE WHERE a = 8 SETTINGS mutations_sync = 2");
        await engine.WriteAsync($"ALTER TABLE {table} ADD COLUMN c UInt8 DEFAULT 3");
        Assert.Equal("199996\t4\t599988\n", await engine.ReadAsync($"SELECT count(), countIf(b = 'x'), sum(c) FROM {table}"));
        await engine.WriteAsync($"ALTER TABLE {table} DETACH PARTITION 1");
        Assert.Equal("99996\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
        await engine.WriteAsync($"ALTER TABLE {table} ATTACH PARTITION 1");
        await engine.WriteAsync($"ALTER TABLE {table} FREEZE");
        await engine.WriteAsync($"ALTER TABLE {table} DROP PARTITION 0");
        await engine.WriteAsync($"RENAME TABLE {table} TO {table}_new");
        await engine.WriteAsync($"DETACH TABLE {table}_new");
        await engine.WriteAsync($"ATTACH TABLE {table}_new");
        Assert.Equal("100000\n", await engine.ReadAsync($"SELECT count() FROM {table}_new"));
        await engine.WriteAsync($"TRUNCATE TABLE {table}_new");
        await engine.WriteAsync($"DROP TABLE {table}_new SYNC");
    }

    [Fact]
    public async Task Sort_LargerThanItsMemory_GoesToTheEnginesFolder()
    {
        var sorted = await engine.ReadAsync(
            "SELECT count(), uniqExact(h) FROM (SELECT sipHash64(number) AS h, repeat('x', 50) AS s FROM numbers(1000000) ORDER BY h, s)"
            + " SETTINGS max_bytes_before_external_sort = 1000000, max_bytes_ratio_before_external_sort = 0, max_bytes_before_external_group_by = 1000000");
        Assert.Equal("1000000\t1000000\n", sorted);
    }

    [Fact]
    public async Task Answer_LargerThanTheSpoolsMemory_ComesWholeAndLeavesNothing()
    {
        var text = await engine.ReadAsync("SELECT number, repeat('y', 100) FROM numbers(400000)", "/?wait_end_of_query=1");
        Assert.Equal(400_000, text.AsSpan().Count('\n'));
        Assert.Empty(Directory.GetFiles(Path.Combine(engine.DataPath, "tidemark-spool"), "answer-*"));
    }

    /// <summary>With the address in numbers: the default is localhost, and the process can neither read /etc/hosts nor ask for names.</summary>
    [Fact]
    public async Task Dictionary_OfATable_Works()
    {
        var table = EngineFixture.Table();
        await unguarded.RunAsync($"CREATE TABLE {table} (a UInt64, b String) ENGINE = MergeTree ORDER BY a");
        await unguarded.RunAsync($"INSERT INTO {table} SELECT 2, 'two'");
        await unguarded.RunAsync($"CREATE DICTIONARY {table}_d (a UInt64, b String) PRIMARY KEY a SOURCE(CLICKHOUSE(HOST '127.0.0.1' TABLE '{table}')) LAYOUT(HASHED()) LIFETIME(0)");
        Assert.Equal("two\n", await unguarded.RunAsync($"SELECT dictGet('{table}_d', 'b', toUInt64(2))"));
    }

    [Fact]
    public async Task Backup_IntoTheEnginesFolder_ComesBack()
    {
        var table = EngineFixture.Table();
        await unguarded.RunAsync($"CREATE TABLE {table} (a UInt64) ENGINE = MergeTree ORDER BY a AS SELECT number FROM numbers(1000)");
        var (status, text) = await unguarded.TryAsync($"BACKUP TABLE {table} TO Memory('{table}')");
        Assert.True(status == 200, text);
        await unguarded.RunAsync($"DROP TABLE {table} SYNC");
        await unguarded.RunAsync($"RESTORE TABLE {table} FROM Memory('{table}')");
        Assert.Equal("1000\n", await unguarded.RunAsync($"SELECT count() FROM {table}"));
    }

    [Theory]
    [InlineData("Protobuf")]
    [InlineData("Parquet")]
    [InlineData("Arrow")]
    [InlineData("ORC")]
    [InlineData("Avro")]
    [InlineData("JSON")]
    [InlineData("Native")]
    public async Task Format_WithoutAFile_Works(string format)
    {
        using var answer = await engine.SendAsync($"/?query={Uri.EscapeDataString($"SELECT number AS a, 'b' AS b FROM numbers(10) FORMAT {format}")}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
    }
}
