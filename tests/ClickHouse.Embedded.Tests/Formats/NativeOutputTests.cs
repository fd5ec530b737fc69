using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Formats;

[Collection("engine")]
public sealed class NativeOutputTests(EngineFixture engine)
{
    static readonly byte[] _blockInfo = [1, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0];

    static readonly string[] _columns =
    [
        "toUInt8(number)", "toInt256(number)", "toFloat32(number)", "number % 3 = 0", "toString(number)", "toNullable(toString(number))",
        "toFixedString(toString(number % 10), 3)", "range(number % 4)", "arrayMap(x -> toString(x), range(number % 3))", "emptyArrayString()",
        "toLowCardinality(toString(number % 7))", "toLowCardinality(toNullable(toString(number % 7)))",
        "arrayMap(x -> toLowCardinality(toString(x)), range(number % 3))", "map('k', toLowCardinality('v'))", "map(number, map('a', [number]))",
        "tuple(number, toString(number))", "CAST((number, NULL), 'Tuple(a UInt64, `b c` Nullable(String))')", "tuple()",
        "[(number, 'a')]::Nested(a UInt64, b String)", "toUUID('00000000-0000-0000-0000-000000000001')", "toIPv4('127.0.0.1')", "toIPv6('::1')",
        "toDateTime64(number, 3, 'UTC')", "toDate(number)", "toDate32(number)", "toTime64('12:00:00', 3)", "toDecimal32(number, 2)",
        "toDecimal64(number, 3)", "toDecimal128(number, 3)", "toDecimal256(number, 3)", "(1.5, 2.)::Point", "[(1.5, 2.)]::Ring",
        "CAST(if(number % 2, 'a', 'b)'), 'Enum8(\\'a\\' = 1, \\'b)\\' = 2)')", "toIntervalDay(number)", "NULL", "[]", "toBFloat16(number)",
        "CAST(number AS Variant(UInt64, String))", "CAST(toString(number) AS Variant(Array(UInt64), LowCardinality(String)))",
        "multiIf(number % 3 = 0, number::Dynamic, number % 3 = 1, toString(number)::Dynamic, NULL)", "[number::Dynamic, NULL]", "([number]::Array(UInt64))::Dynamic(max_types=0)",
        "concat('{\"a\":', toString(number), ',\"b\":{\"c\":\"x\"},\"d', toString(number % 5), '\":[1,null]}')::JSON",
        "concat('{\"a\":', toString(number % 9), ',\"z\":2,\"y\":\"q\",\"t u\":\"5\"}')::JSON(max_dynamic_paths=1, `t u` LowCardinality(String), a UInt8, SKIP y)",
        "map('k', concat('{\"a\":', toString(number), '}')::JSON)", "tuple(number::Dynamic, '{\"n\":{\"m\":[{\"o\":1}]}}'::JSON)",
        "if(number % 2, (1., 2.)::Point::Geometry, [[(1., 2.), (3., 4.)]]::Polygon::Geometry)", "[number, 2, 3, 4, 5, 6, 7, 8, 9]::QBit(Float32, 9)",
        "toNullable(number)",
    ];

    /// <summary>Column by column the blocks are what the engine writes for the column alone, with the bytes of the newer form around.</summary>
    [Theory]
    [InlineData(54460, true)]
    [InlineData(54450, false)]
    public async Task Rewrite_AnyTypes_OnlyAddsBlockInfoAndSerializationBytes(int version, bool serializationByte)
    {
        const int Rows = 100;
        using var expected = new MemoryStream();
        expected.Write(_blockInfo);
        expected.Write([(byte)_columns.Length, Rows]);
        for (var i = 0; i < _columns.Length; i++)
        {
            var alone = await NativeAsync($"SELECT {_columns[i]} AS c{i} FROM numbers({Rows})", 0);
            Assert.Equal([1, Rows], alone[..2]);
            var data = 2 + 1 + alone[2];
            data += 1 + alone[data];
            if (_columns[i].Contains("Enum8", StringComparison.Ordinal))
                Assert.Equal((byte)')', alone[data - 1]);
            expected.Write(alone.AsSpan(2, data - 2));
            if (serializationByte)
                expected.WriteByte(0);
            expected.Write(alone.AsSpan(data));
        }

        var all = string.Join(", ", _columns.Select((column, i) => $"{column} AS c{i}"));
        Assert.Equal(expected.ToArray(), await NativeAsync($"SELECT {all} FROM numbers({Rows})", version));
    }

    [Fact]
    public async Task Rewrite_ManyBlocks_KeepsAllRows()
    {
        const string Sql = "SELECT number, toLowCardinality(toString(number % 1000)), [toString(number)] FROM numbers(500000)";
        var plain = await NativeAsync(Sql, 0);
        var blocks = await NativeAsync(Sql, 54460);
        Assert.Equal(0, (blocks.Length - plain.Length) % (_blockInfo.Length + 3));
        Assert.True(blocks.Length - plain.Length >= 2 * (_blockInfo.Length + 3));
    }

    /// <summary>Statements that answer without being a SELECT, as clickhouse-connect (so Superset) and the Go client ask for them.</summary>
    [Theory]
    [InlineData("SHOW DATABASES")]
    [InlineData("SHOW TABLES FROM system LIMIT 20")]
    [InlineData("SHOW CREATE DATABASE tidemark")]
    [InlineData("SHOW CREATE VIEW INFORMATION_SCHEMA.tables")]
    [InlineData("SHOW COLUMNS FROM numbers FROM system")]
    [InlineData("SHOW SETTINGS LIKE 'max_threads'")]
    [InlineData("DESCRIBE TABLE system.tables")]
    [InlineData("DESCRIBE (SELECT 1 AS a, toDateTime(0, 'Asia/Tokyo') AS t)")]
    [InlineData("EXISTS TABLE system.numbers")]
    [InlineData("EXISTS DATABASE nothing")]
    [InlineData("EXPLAIN SELECT sum(number) FROM numbers(10) GROUP BY number % 3")]
    [InlineData("EXPLAIN AST SELECT 1")]
    [InlineData("EXPLAIN SYNTAX SELECT 1")]
    [InlineData("EXPLAIN PIPELINE SELECT count() FROM numbers(10)")]
    [InlineData("EXPLAIN ESTIMATE SELECT count() FROM system.numbers LIMIT 1")]
    [InlineData("SELECT number, count() FROM numbers(5) GROUP BY number WITH TOTALS ORDER BY number")]
    [InlineData("SELECT number FROM numbers(3) SETTINGS extremes = 1")]
    [InlineData("SELECT number FROM numbers(3) WHERE number > 5")]
    public async Task Statement_OfAnyKind_HasTheRowsOfTheText(string sql)
    {
        var text = await engine.ReadAsync(sql, "/?default_format=TSVWithNamesAndTypes");
        // The text has totals and extremes after an empty line; Native has neither.
        var rowsOnly = sql.StartsWith("SELECT", StringComparison.Ordinal) ? text.TrimEnd('\n').Split("\n\n")[0] : text[..^1];
        var lines = rowsOnly.Split('\n');
        var (names, types, rows) = NativeReader.Read(await NativeAsync(sql, 54460));
        if (rows.Count > 0 || names.Count > 0)
        {
            Assert.Equal(lines[0].Split('\t'), names);
            Assert.Equal(lines[1].Split('\t'), types);
        }

        Assert.Equal(lines.Skip(2).Select(Unescape), rows);
    }

    /// <summary>Nothing to answer is no block, not an empty one.</summary>
    [Fact]
    public async Task Statement_WithoutAnswer_IsEmpty()
    {
        var table = EngineFixture.Table();
        string[] statements =
        [
            $"CREATE TABLE {table} (a UInt64) ENGINE = MergeTree ORDER BY a", $"INSERT INTO {table} SELECT number FROM numbers(10)", $"ALTER TABLE {table} ADD COLUMN b String",
            $"INSERT INTO {table} (a) VALUES (1)", "SET max_threads = 1", "USE system", $"DROP TABLE {table}",
        ];
        foreach (var sql in statements)
            Assert.Empty(await engine.WriteAsync(sql, "/?default_format=Native&client_protocol_version=54460"));
    }

    [Fact]
    public async Task AggregateStates_StandLastOnly()
    {
        var (names, types, _) = NativeReader.Head(await NativeAsync("SELECT 1 AS a, sumState(number) AS s FROM numbers(3)", 54460));
        Assert.Equal(["a", "s"], names);
        Assert.Equal(["UInt8", "AggregateFunction(sum, UInt64)"], types);
        using var refused = await engine.SendAsync("/?default_format=Native&client_protocol_version=54460", "SELECT sumState(number) AS s, 1 FROM numbers(3)"u8.ToArray());
        Assert.Equal(501, (int)refused.StatusCode);
    }

    static string Unescape(string line) => line.Replace("\\'", "'", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    /// <summary>What clickhouse-go sends first (so Grafana's plugin), and reads as Native.</summary>
    [Fact]
    public async Task Handshake_OfTheGoClient_Answers()
    {
        var answer = await NativeAsync("SELECT displayName(), version(), revision(), timezone()", 54460);
        var text = Encoding.Latin1.GetString(answer);
        Assert.StartsWith("\x01\x00\x02\xFF\xFF\xFF\xFF\x00\x04\x01\rdisplayName()\x06String\x00", text, StringComparison.Ordinal);
        Assert.EndsWith("\ntimezone()\x06String\x00\x03UTC", text, StringComparison.Ordinal);
    }

    async Task<byte[]> NativeAsync(string sql, int version)
    {
        using var answer = await engine.SendAsync("/?default_format=Native" + (version > 0 ? $"&client_protocol_version={version}" : ""), Encoding.UTF8.GetBytes(sql));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(bytes));
        return bytes;
    }
}
