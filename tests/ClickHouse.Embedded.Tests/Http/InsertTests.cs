using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

[Collection("engine")]
public sealed class InsertTests(EngineFixture engine)
{
    [Theory]
    [InlineData("INSERT INTO {T} VALUES (1, 'a'), (2, upper('b'));", "1\ta\n2\tB\n")]
    [InlineData("INSERT INTO {T} (s, a) SETTINGS async_insert = 0 VALUES ('a', 1)", "1\ta\n")]
    [InlineData("/* head */ insert into table {T} format CSV\n1,a\n2,b", "1\ta\n2\tb\n")]
    [InlineData("INSERT INTO {T} FORMAT CSV SETTINGS format_csv_delimiter = ';'\n1;a\n", "1\ta\n")]
    [InlineData("INSERT INTO {T} FORMAT JSONEachRow\n{\"a\":1,\"s\":\"VALUES\"}\n{\"a\":2}", "1\tVALUES\n2\t\n")]
    [InlineData("INSERT INTO {T} SELECT number, 'FORMAT CSV' FROM numbers(2)", "0\tFORMAT CSV\n1\tFORMAT CSV\n")]
    [InlineData("INSERT INTO {T} (a) SELECT 5", "5\t\n")]
    public async Task Insert_InTheBody_Stores(string sql, string expected)
    {
        var table = await TableAsync();
        await engine.WriteAsync(sql.Replace("{T}", table, StringComparison.Ordinal));
        Assert.Equal(expected, await engine.ReadAsync($"SELECT * FROM {table} ORDER BY a"));
    }

    [Fact]
    public async Task Insert_IntoATableNamedFormat_Stores()
    {
        await engine.WriteAsync("CREATE TABLE IF NOT EXISTS format (a UInt32) ENGINE = Memory");
        await engine.WriteAsync("INSERT INTO format FORMAT TSV\n1\n");
        await engine.WriteAsync("INSERT INTO tidemark.format VALUES (2)");
        Assert.Equal("2\n", await engine.ReadAsync("SELECT count() FROM format"));
        await engine.WriteAsync("DROP TABLE format");
    }

    [Fact]
    public async Task Native_WithAToken_IsStoredOnce_AndAsOneBlock()
    {
        var table = await TableAsync();
        using var block = await engine.SendAsync("/", Encoding.UTF8.GetBytes("SELECT toUInt32(number) AS a, toString(number) AS s FROM numbers(1200000) SETTINGS max_block_size = 1200000, preferred_block_size_bytes = 0 FORMAT Native"));
        var bytes = await block.Content.ReadAsByteArrayAsync();
        for (var i = 0; i < 3; i++)
            await engine.WriteAsync("", $"/?async_insert=0&insert_deduplication_token=b1&query=INSERT+INTO+tidemark.{table}+(a,s)+SETTINGS+insert_deduplication_token='b1',async_insert=0+FORMAT+Native", bytes);
        Assert.Equal("1200000\t1\n", await engine.ReadAsync($"SELECT sum(rows), count() FROM system.parts WHERE table = '{table}' AND active"));
        await engine.WriteAsync("", $"/?insert_deduplication_token=b2&query=INSERT+INTO+{table}+(a,s)+FORMAT+Native", bytes);
        Assert.Equal("2400000\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    [Fact]
    public async Task Insert_WithBadData_StoresNothing_AndSaysWhere()
    {
        var table = await TableAsync();
        using var answer = await engine.SendAsync($"/?query=INSERT+INTO+{table}+(a)+FORMAT+TSV", "1\n2\nx\n"u8.ToArray(), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith("Code: 27.", text, StringComparison.Ordinal);
        Assert.Contains("row 3", text, StringComparison.Ordinal);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("0\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    [Fact]
    public async Task Insert_ByAReader_Is164()
    {
        var table = await TableAsync();
        using var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes($"INSERT INTO {table} VALUES (1, 'a')"), ("X-ClickHouse-User", "reader"));
        Assert.StartsWith("Code: 164. DB::Exception: reader: Cannot execute query in readonly mode", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("0\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    [Fact]
    public async Task Inserts_IntoSeveralTablesAtOnce_AllArrive()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TableAsync()));
        await Task.WhenAll(tables.SelectMany(table => Enumerable.Range(0, 10).Select(i =>
            engine.WriteAsync("", $"/?query=INSERT+INTO+{table}+FORMAT+TSV", Encoding.UTF8.GetBytes($"{i}\tx\n")))));
        foreach (var table in tables)
            Assert.Equal("10\t45\n", await engine.ReadAsync($"SELECT count(), sum(a) FROM {table}"));
    }

    async Task<string> TableAsync()
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32, s String) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100");
        return table;
    }
}
