using System.Globalization;
using System.Text;
using Tidemark.Aggregator.Native;
using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Native;

/// <summary>Every column type, random rows, written in a random order of rows and read back from the engine as texts.</summary>
public sealed class NativeBlockTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Table =
        """
        CREATE TABLE t (n UInt64, i8 Int8, u16 UInt16, i32 Int32, u32 UInt32, i64 Int64, flag Bool, kind Enum8('a' = 0, 'b' = 1), at DateTime64(3, 'UTC'),
                        text String, word LowCardinality(String), map Map(LowCardinality(String), String), ids Array(UInt64))
        ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100
        """;

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 1_000, 40)]
    [InlineData(3, 5_000, 300)]
    [InlineData(4, 80_000, 70_000)]
    public async Task Insert_RandomRows_AreReadBackEqual(int seed, int rows, int words)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.ExecuteAsync(Table);
        var random = new Random(seed);
        var row = new Row();
        var block = new NativeBlock(row.Columns);
        var expected = new string[rows];
        for (var n = 0; n < rows; n++)
            expected[n] = row.AddRandom(random, n, words);
        var order = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(order);
        await database.Client.InsertAsync("t", block, order, "once", default);
        await database.Client.InsertAsync("t", block, order, "once", default);
        var actual = await database.Client.QueryAsync(
            """
            SELECT n, i8, u16, i32, u32, i64, flag, kind, toUnixTimestamp64Milli(at), hex(text), hex(word),
                   arrayStringConcat(arrayMap((k, v) -> concat(hex(k), '=', hex(v)), mapKeys(map), mapValues(map)), ','), arrayStringConcat(ids, ',')
            FROM t ORDER BY n
            """, default);
        var lines = actual.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows, lines.Length);
        for (var n = 0; n < rows; n++)
            Assert.True(expected[n] == lines[n], $"seed {seed}, row {n}:\n{expected[n]}\n{lines[n]}");
    }

    [Fact]
    public async Task Insert_BlockUsedAgain_HasNothingOfTheOneBefore()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.ExecuteAsync(Table);
        var random = new Random(5);
        var row = new Row();
        var block = new NativeBlock(row.Columns);
        for (var n = 0; n < 500; n++)
            row.AddRandom(random, n, 400);
        block.Clear();
        var expected = row.AddRandom(random, 7, 3);
        await database.Client.InsertAsync("t", block, new[] { 0 }, null, default);
        block.Release();
        Assert.Equal(expected.Split('\t')[9..11], (await database.ScalarAsync("SELECT hex(text), hex(word) FROM t")).Split('\t'));
    }

    private sealed class Row
    {
        private readonly FixedColumn<ulong> _n = new("n", "UInt64");
        private readonly FixedColumn<sbyte> _i8 = new("i8", "Int8");
        private readonly FixedColumn<ushort> _u16 = new("u16", "UInt16");
        private readonly FixedColumn<int> _i32 = new("i32", "Int32");
        private readonly FixedColumn<uint> _u32 = new("u32", "UInt32");
        private readonly FixedColumn<long> _i64 = new("i64", "Int64");
        private readonly FixedColumn<byte> _flag = new("flag", "Bool");
        private readonly FixedColumn<byte> _kind = new("kind", "Enum8('a' = 0, 'b' = 1)");
        private readonly FixedColumn<long> _at = new("at", "DateTime64(3, 'UTC')");
        private readonly StringColumn _text = new("text");
        private readonly LowCardinalityColumn _word = new("word");
        private readonly MapColumn _map = new("map");
        private readonly ArrayColumn<ulong> _ids = new("ids", "UInt64");

        public IReadOnlyList<NativeColumn> Columns => [_n, _i8, _u16, _i32, _u32, _i64, _flag, _kind, _at, _text, _word, _map, _ids];

        /// <summary>Adds a row and returns it as the engine's TabSeparated text of the query in the test.</summary>
        public string AddRandom(Random random, int n, int words)
        {
            var fields = new List<string>();
            T Field<T>(T value)
                where T : IFormattable
            {
                fields.Add(value.ToString(null, CultureInfo.InvariantCulture));
                return value;
            }

            _n.Add(Field((ulong)n));
            _i8.Add(Field((sbyte)random.Next(-128, 128)));
            _u16.Add(Field((ushort)random.Next(0, 65_536)));
            _i32.Add(Field(random.Next(int.MinValue, int.MaxValue)));
            _u32.Add(Field((uint)random.NextInt64(0, 1L << 32)));
            _i64.Add(Field(random.NextInt64(long.MinValue, long.MaxValue)));
            var flag = random.Next(2);
            _flag.Add((byte)flag);
            fields.Add(flag == 1 ? "true" : "false");
            var kind = random.Next(2);
            _kind.Add((byte)kind);
            fields.Add(kind == 0 ? "a" : "b");
            _at.Add(Field(random.NextInt64(-2_000_000_000_000, 9_000_000_000_000)));
            var text = RandomBytes(random, random.Next(4) == 0 ? random.Next(0, 600) : random.Next(0, 20));
            _text.Add(text);
            fields.Add(Convert.ToHexString(text));
            var word = random.Next(3) == 0 ? [] : Encoding.UTF8.GetBytes($"wörd-{random.Next(words)}");
            _word.Add(word);
            fields.Add(Convert.ToHexString(word));
            fields.Add(AddMap(random, words));
            var ids = new ulong[random.Next(4) == 0 ? random.Next(5) : 0];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = (ulong)random.NextInt64();
            _ids.Add(ids);
            fields.Add(string.Join(',', ids));
            return string.Join('\t', fields);
        }

        private string AddMap(Random random, int words)
        {
            var entries = new List<string>();
            for (var i = words == 1 ? 0 : random.Next(0, 4); i > 0; i--)
            {
                var key = Encoding.UTF8.GetBytes($"k{i}-{random.Next(words)}");
                var value = RandomBytes(random, random.Next(0, 12));
                _map.AddEntry(key, value);
                entries.Add($"{Convert.ToHexString(key)}={Convert.ToHexString(value)}");
            }
            if (random.Next(5) == 0)
            {
                _map.AddEntry("abandoned"u8, "x"u8);
                _map.AddEntry("abandoned too"u8, []);
                _map.AbandonRow();
                entries.Clear();
            }
            _map.EndRow();
            return string.Join(',', entries);
        }

        private static byte[] RandomBytes(Random random, int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }
}
