using System.Text;
using Tidemark.Aggregator.Rows;
using Tidemark.Aggregator.Tables;
using Tidemark.Contracts.Avro;

namespace Tidemark.Aggregator.Tests.Tables;

/// <summary>Rows that are read back, as ClickHouse's format RowBinary has them.</summary>
public sealed class EventRowTests
{
    [Fact]
    public void Read_BytesThatEndInTheRow_IsShortAtEachOfThem()
    {
        var row = Row();
        var maps = new MapBlocks();
        for (var length = 0; length < row.Length; length++)
        {
            var cut = new RowReader(row.AsSpan(0, length), maps);
            EventRow.Read(ref cut, out _);
            Assert.True(cut.IsShort, $"{length} of {row.Length} bytes");
        }
        var whole = new RowReader(row, maps);
        EventRow.Read(ref whole, out var e);
        Assert.False(whole.IsShort);
        Assert.Equal(row.Length, whole.Position);
        Assert.Equal("shop", Encoding.UTF8.GetString(e.Project));
        Assert.Equal(new string('v', 200), Encoding.UTF8.GetString(e.VisitorId));
        Assert.Equal((-2, 1_700_000_000_123, 7, Contracts.Events.EventKind.Page, Contracts.Events.EventType.Screen, true), (e.EventId, e.OccurredAt, e.Seq, e.Kind, e.Type, e.Bot));
        var properties = new List<string>();
        var map = new AvroMapEnumerator(e.Properties);
        while (map.MoveNext())
            properties.Add($"{Encoding.UTF8.GetString(map.Key)}={Encoding.UTF8.GetString(map.Value)}");
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"k{i}={new string('x', i)}")], properties);
    }

    [Fact]
    public void Read_LengthBeyondReason_IsDamaged() =>
        Assert.Throws<InvalidDataException>(() =>
        {
            var row = new RowReader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], new MapBlocks());
            EventRow.Read(ref row, out _);
        });

    private static byte[] Row()
    {
        using var bytes = new MemoryStream();
        using var row = new BinaryWriter(bytes);
        row.Write("shop");
        row.Write(new string('v', 200));
        row.Write(-2L);
        row.Write(1_700_000_000_123L);
        row.Write(7);
        row.Write((byte)1);
        // user_id to device.
        for (var i = 0; i < 10; i++)
            row.Write($"text {i}");
        row.Write(1_700_000_000_999L);
        row.Write("screen");
        row.Write("m");
        row.Write(-5L);
        // url to locale.
        for (var i = 0; i < 6; i++)
            row.Write("");
        row.Write(true);
        row.Write7BitEncodedInt(100);
        for (var i = 0; i < 100; i++)
        {
            row.Write($"k{i}");
            row.Write(new string('x', i));
        }
        return bytes.ToArray();
    }
}
