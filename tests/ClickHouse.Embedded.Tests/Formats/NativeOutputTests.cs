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
        "CAST(number AS Variant(UInt64, String))", "toNullable(number)",
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
