using System.Net;
using System.Numerics;
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

    /// <summary>A parameter of every type, and what the driver reads back.</summary>
    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Driver_ParameterOfAnyType_ComesBack(string type, object? value, object? expected)
    {
        await using var connection = new ClickHouseConnection($"Host=127.0.0.1;Port={engine.Port};Username=reader;Database=tidemark");
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {{x:{type}}}";
        command.AddParameter("x", value!);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(expected ?? DBNull.Value, reader.GetValue(0));
    }

    public static TheoryData<string, object?, object?> Parameters()
    {
        const string Odd = "tab\t line\n return\r 'quote' \"double\" back\\slash \u00fc";
        var moment = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        return new TheoryData<string, object?, object?>
        {
            { "UInt64", ulong.MaxValue, ulong.MaxValue },
            { "Int128", -(BigInteger.Pow(2, 127)), -(BigInteger.Pow(2, 127)) },
            { "UInt256", BigInteger.Pow(2, 256) - 1, BigInteger.Pow(2, 256) - 1 },
            { "Float64", 1.5e-7, 1.5e-7 },
            { "Bool", true, true },
            { "String", Odd, Odd },
            { "Nullable(String)", null, null },
            { "Array(String)", new[] { Odd, "" }, new[] { Odd, "" } },
            { "Array(Nullable(Int32))", new int?[] { 1, null }, new int?[] { 1, null } },
            { "Map(String, UInt8)", new Dictionary<string, byte> { ["a'"] = 1 }, new Dictionary<string, byte> { ["a'"] = 1 } },
            { "Tuple(UInt8, String)", Tuple.Create((byte)1, Odd), Tuple.Create((byte)1, Odd) },
            { "UUID", new Guid("61f0c404-5cb3-11e7-907b-a6006ad3dba0"), new Guid("61f0c404-5cb3-11e7-907b-a6006ad3dba0") },
            { "IPv4", IPAddress.Loopback, IPAddress.Loopback },
            { "DateTime('UTC')", moment, moment.AddMilliseconds(-678) },
            { "DateTime64(3, 'UTC')", moment, moment },
            { "Date", moment, moment.Date },
            { "Enum8('a' = 1, 'b' = 2)", "b", "b" },
        };
    }

    [Theory]
    [InlineData("SHOW DATABASES LIKE 'tide%'", "tidemark")]
    [InlineData("EXISTS TABLE system.one", (byte)1)]
    [InlineData("DESCRIBE TABLE system.one", "dummy")]
    [InlineData("EXPLAIN SYNTAX SELECT 1", "SELECT 1")]
    public async Task Driver_StatementThatIsNoSelect_Answers(string sql, object first)
    {
        using var client = new ClickHouseClient($"Host=127.0.0.1;Port={engine.Port};Username=reader;Database=tidemark");
        await using var reader = await client.ExecuteReaderAsync(sql);
        Assert.True(await reader.ReadAsync());
        Assert.Equal(first, reader.GetValue(0));
    }

    [Fact]
    public async Task Driver_Cancels_AndTheQueryIsGone()
    {
        var mark = EngineFixture.Table();
        using var client = new ClickHouseClient($"Host=127.0.0.1;Port={engine.Port};Username=reader;Database=tidemark");
        using var cancel = new CancellationTokenSource();
        var slow = client.ExecuteScalarAsync($"SELECT '{mark}', sum(sleepEachRow(0.1)) FROM numbers(3000) SETTINGS max_block_size = 1", cancellationToken: cancel.Token);
        await Wait.UntilAsync(async () => slow.IsCompleted || await RunningAsync(mark) != "0\n", "the query among those that run");
        Assert.False(slow.IsCompleted, "the query was never seen running");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        await Wait.ForAsync(() => RunningAsync(mark), "0\n", "the end of the query");
    }

    [Theory]
    [InlineData("Compression=true")]
    [InlineData("Compression=false")]
    public async Task Driver_ErrorAfterTheFirstRows_IsThrown(string more)
    {
        using var client = new ClickHouseClient($"Host=127.0.0.1;Port={engine.Port};Username=reader;Database=tidemark;{more}");
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var reader = await client.ExecuteReaderAsync(
                "SELECT repeat('x', 1000) AS s, throwIf(number = 5000, 'tripped') AS t FROM numbers(10000) SETTINGS max_block_size = 500, max_threads = 1");
            while (await reader.ReadAsync())
            {
            }
        });
        var refused = await Assert.ThrowsAsync<ClickHouseServerException>(() => client.ExecuteScalarAsync("SELECT nope"));
        Assert.Equal(47, refused.ErrorCode);
    }

    Task<string> RunningAsync(string mark) => engine.ReadAsync($"SELECT count() FROM system.processes WHERE position(query, '{mark}') > 0 AND position(query, 'system.processes') = 0");

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
        var (status, said, errors) = await Shell.RunAsync(
            "node", [Path.Combine(modules, "client.mjs"), $"http://127.0.0.1:{engine.Port}", EngineFixture.Table()], modules, [new("CLICKHOUSE_PASSWORD", EngineFixture.Password)]);
        Assert.True(status == 0, said + errors);
    }
}
