using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using K4os.Compression.LZ4;
using Tidemark.ClickHouse.Embedded.Compression;

namespace Tidemark.ClickHouse.Embedded.Tests.Clients;

/// <summary>
/// What ClickHouse's JDBC driver (client-v2) puts on the wire and takes from it, byte by byte: format and credentials in headers, settings and <c>compress=1</c> in the URL,
/// RowBinaryWithNamesAndTypes in ClickHouse's own LZ4 framing back.
/// </summary>
[Collection("engine")]
public sealed class JdbcBytesTests(EngineFixture engine)
{
    const string Url = "/?query_id=ID&compress=1&date_time_input_format=best_effort&output_format_binary_write_json_as_string=1&max_result_rows=0&wait_end_of_query=1";

    static readonly (string, string)[] _headers =
    [
        ("X-ClickHouse-Format", "RowBinaryWithNamesAndTypes"), ("X-ClickHouse-Database", "tidemark"), ("X-ClickHouse-User", "reader"), ("X-ClickHouse-Key", ""),
        ("Content-Type", "text/plain"), ("User-Agent", "clickhouse-java-v2/0.9.4 (Linux; jvm:21.0.1) Apache-HttpClient/5.4.4"),
    ];

    [Fact]
    public async Task Handshake_AnswersUserTimezoneAndVersion()
    {
        var (names, types, rows) = await QueryAsync("SELECT currentUser() AS user, timezone() AS timezone, version() AS version LIMIT 1");
        Assert.Equal(["user", "timezone", "version"], names);
        Assert.All(types, type => Assert.Equal("String", type));
        Assert.Equal("UTC", Assert.Single(rows)[1]);
        Assert.Matches(@"^\d+\.\d+\.", (string)rows[0][2]!);
    }

    [Fact]
    public async Task Values_OfTheTypesOfOurViews_AreReadAsTheyAre()
    {
        var (names, types, rows) = await QueryAsync(
            """
            SELECT number AS id, toLowCardinality(if(number = 1, 'a''b', '')) AS page, toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS at, toInt64(-5) AS skew, number = 1 AS bounce,
                   map('k', 'v', 'l', toString(number)) AS properties, [toUInt64(1), number] AS absorbed, if(number = 0, NULL, toInt32(number)) AS maybe, 0.5 AS share, toUInt8(number) AS small
            FROM numbers(2)
            """);
        Assert.Equal(["id", "page", "at", "skew", "bounce", "properties", "absorbed", "maybe", "share", "small"], names);
        Assert.Equal(
            ["UInt64", "LowCardinality(String)", "DateTime64(3, 'UTC')", "Int64", "UInt8", "Map(String, String)", "Array(UInt64)", "Nullable(Int32)", "Float64", "UInt8"], types);
        Assert.Equal("0||1767323045678|-5|0|k=v,l=0|1,0||0.5|0", string.Join('|', rows[0]));
        Assert.Equal("1|a'b|1767323045678|-5|1|k=v,l=1|1,1|1|0.5|1", string.Join('|', rows[1]));
    }

    [Fact]
    public async Task Blocks_OfALargeAnswer_HaveTheFramingTheDriverReads()
    {
        using var answer = await SendAsync("SELECT number, toString(number) FROM numbers(300000)");
        Assert.Null(answer.Content.Headers.ContentEncoding.FirstOrDefault());
        var blocks = 0;
        var rows = new RowBinary(Unframed(await answer.Content.ReadAsByteArrayAsync(), ref blocks)).All();
        Assert.True(blocks > 3, $"{blocks} blocks");
        Assert.Equal(300_000, rows.Rows.Count);
        Assert.All(rows.Rows, row => Assert.Equal(row[1], ((ulong)row[0]!).ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Error_IsFramedToo_WithItsCodeInAHeader()
    {
        using var answer = await SendAsync("SELECT * FROM not_there");
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("60", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        var blocks = 0;
        Assert.StartsWith("Code: 60. DB::Exception: ", Encoding.UTF8.GetString(Unframed(await answer.Content.ReadAsByteArrayAsync(), ref blocks)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_AndItsParameters_MayComeAsAForm()
    {
        using var form = new MultipartFormDataContent { { new StringContent("it's"), "param_s" }, { new StringContent("SELECT {s:String} AS s, {n:UInt64} AS n"), "query" }, { new StringContent("7"), "param_n" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url.Replace("ID", Guid.NewGuid().ToString(), StringComparison.Ordinal), UriKind.Relative)) { Content = form };
        foreach (var (name, value) in _headers.Where(header => header.Item1.StartsWith("X-", StringComparison.Ordinal)))
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await engine.Http.SendAsync(request);
        var blocks = 0;
        var row = Assert.Single(new RowBinary(Unframed(await answer.Content.ReadAsByteArrayAsync(), ref blocks)).All().Rows);
        Assert.Equal(["it's", 7UL], row);
    }

    [Fact]
    public async Task GrafanasPlugin_SameNativeBytesWithAndWithoutCompression()
    {
        const string Query = "/?database=tidemark&default_format=Native&client_protocol_version=54460&max_execution_time=60";
        var sql = Encoding.UTF8.GetBytes("SELECT toDateTime(number * 60, 'UTC') AS time, toLowCardinality(toString(number % 3)) AS series, number / 2 AS value FROM numbers(1000)");
        using var plain = await engine.SendAsync(Query, sql, ("User-Agent", "clickhouse-go/2.30.0 (lv:go/1.23; os:linux) grafana/11.0"));
        using var packed = await engine.SendAsync(Query + "&compress=1", sql);
        var blocks = 0;
        Assert.Equal(await plain.Content.ReadAsByteArrayAsync(), Unframed(await packed.Content.ReadAsByteArrayAsync(), ref blocks));
    }

    async Task<(List<string> Names, List<string> Types, List<object?[]> Rows)> QueryAsync(string sql)
    {
        using var answer = await SendAsync(sql);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("RowBinaryWithNamesAndTypes", answer.Headers.GetValues("X-ClickHouse-Format").Single());
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"result_rows\"", answer.Headers.GetValues("X-ClickHouse-Summary").Single(), StringComparison.Ordinal);
        var blocks = 0;
        return new RowBinary(Unframed(await answer.Content.ReadAsByteArrayAsync(), ref blocks)).All();
    }

    async Task<HttpResponseMessage> SendAsync(string sql)
    {
        var id = Guid.NewGuid().ToString();
        var answer = await engine.SendAsync(Url.Replace("ID", id, StringComparison.Ordinal), Encoding.UTF8.GetBytes(sql), _headers);
        Assert.Equal(id, answer.Headers.GetValues("X-ClickHouse-Query-Id").Single());
        return answer;
    }

    /// <summary>16 bytes of checksum over what follows, the method, the size with these nine bytes, the plain size, LZ4.</summary>
    static byte[] Unframed(byte[] framed, ref int blocks)
    {
        using var plain = new MemoryStream();
        for (var at = 0; at < framed.Length; blocks++)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(framed.AsSpan(at + 17));
            var block = framed.AsSpan(at + 16, size);
            Assert.Equal(0x82, block[0]);
            var (low, high) = CityHash102.Hash(block);
            Assert.Equal((low, high), (BinaryPrimitives.ReadUInt64LittleEndian(framed.AsSpan(at)), BinaryPrimitives.ReadUInt64LittleEndian(framed.AsSpan(at + 8))));
            var length = BinaryPrimitives.ReadInt32LittleEndian(block[5..]);
            // The driver's buffer for a block is 1 MiB unless it is told otherwise.
            Assert.InRange(length, 1, 1 << 20);
            var data = new byte[length];
            Assert.Equal(length, LZ4Codec.Decode(block[9..], data));
            plain.Write(data);
            at += 16 + size;
        }

        return plain.ToArray();
    }

    /// <summary>Reads the format from its description: names, types, then the rows' values one after the other.</summary>
    sealed class RowBinary(byte[] bytes)
    {
        int _at;

        public (List<string> Names, List<string> Types, List<object?[]> Rows) All()
        {
            var columns = Varint();
            List<string> names = [], types = [];
            for (var i = 0; i < columns; i++)
                names.Add(Text());
            for (var i = 0; i < columns; i++)
                types.Add(Text());
            var rows = new List<object?[]>();
            while (_at < bytes.Length)
                rows.Add([.. types.Select(Value)]);
            return (names, types, rows);
        }

        object? Value(string type) => type switch
        {
            "String" or "LowCardinality(String)" => Text(),
            "UInt8" or "Bool" => bytes[_at++],
            "Int32" => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            "UInt64" => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
            "Int64" or "DateTime64(3, 'UTC')" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
            "Float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)).ToString(CultureInfo.InvariantCulture),
            "Nullable(Int32)" => bytes[_at++] == 1 ? null : Value("Int32"),
            "Array(UInt64)" => string.Join(',', Many(() => Value("UInt64"))),
            "Map(String, String)" => string.Join(',', Many(() => $"{Text()}={Text()}")),
            _ => throw new NotSupportedException(type),
        };

        List<object?> Many(Func<object?> one)
        {
            var values = new List<object?>();
            for (var n = Varint(); n > 0; n--)
                values.Add(one());
            return values;
        }

        string Text() => Encoding.UTF8.GetString(Take(Varint()));

        ReadOnlySpan<byte> Take(int length) => bytes.AsSpan((_at += length) - length, length);

        int Varint()
        {
            var value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = bytes[_at++];
                value |= (b & 0x7F) << shift;
                if (b < 0x80)
                    return value;
            }
        }
    }
}
