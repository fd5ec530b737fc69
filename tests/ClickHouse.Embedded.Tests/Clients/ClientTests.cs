using System.Diagnostics;
using System.Reflection;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.Utility;

namespace Tidemark.ClickHouse.Embedded.Tests.Clients;

[Collection("engine")]
public sealed class ClientTests(EngineFixture engine)
{
    [Fact]
    public async Task Driver_QueriesWithParameters()
    {
        await using var connection = new ClickHouseConnection($"Host=127.0.0.1;Port={engine.Port};Username=reader;Database=tidemark");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT {n:UInt64} AS n, {s:String} AS s, [1, 2] AS a, map('k', toNullable(3)) AS m, toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS t";
        command.AddParameter("n", 7UL);
        command.AddParameter("s", "tab\t'quote' \\ \n end");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(7UL, reader.GetValue(0));
        Assert.Equal("tab\t'quote' \\ \n end", reader.GetString(1));
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc), reader.GetDateTime(4));
    }

    [Fact]
    public async Task Driver_InsertsInBulk()
    {
        var table = EngineFixture.Table();
        var builder = new ClickHouseConnectionStringBuilder { Host = "127.0.0.1", Port = (ushort)engine.Port, Username = "writer", Password = EngineFixture.Password, Database = "tidemark" };
        using var client = new ClickHouseClient(builder.ConnectionString);
        await client.ExecuteNonQueryAsync($"CREATE TABLE {table} (a UInt64, s LowCardinality(String), m Map(String, String)) ENGINE = MergeTree ORDER BY a");
        var rows = Enumerable.Range(0, 20_000).Select(i => new object[] { (ulong)i, "s" + (i % 3), new Dictionary<string, string> { ["k"] = "v" } });
        Assert.Equal(20_000, await client.InsertBinaryAsync(table, ["a", "s", "m"], rows));
        Assert.Equal("20000\t3\n", await engine.ReadAsync($"SELECT count(), uniqExact(s) FROM {table}"));
    }

    /// <summary>clients.mjs says what of @clickhouse/client is tried: queries, parameters, streams, inserts, errors, sessions, ping.</summary>
    [Fact]
    public async Task NodeClient_Works()
    {
        var modules = typeof(ClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NodeClient").Value!;
        var start = new ProcessStartInfo("node", [Path.Combine(modules, "client.mjs"), $"http://127.0.0.1:{engine.Port}", EngineFixture.Table()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = modules,
        };
        start.Environment["CLICKHOUSE_PASSWORD"] = EngineFixture.Password;
        using var node = Process.Start(start)!;
        var said = node.StandardOutput.ReadToEndAsync();
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await said + errors);
    }
}
