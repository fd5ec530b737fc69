using System.Buffers.Binary;
using System.Text;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>Reads blocks of Native as the plugin's Go client gets them: with block info and a byte for the kind of serialization. Only the types that a panel can show.</summary>
internal sealed class NativeReader(byte[] bytes)
{
    private int _at;

    internal static Frame Read(byte[] bytes)
    {
        var reader = new NativeReader(bytes);
        var (columns, rows) = (new List<Column>(), new List<object?[]>());
        while (reader._at < bytes.Length)
            reader.Block(columns, rows);
        return new Frame(columns, rows);
    }

    private void Block(List<Column> columns, List<object?[]> rows)
    {
        for (var field = VarUInt(); field != 0; field = VarUInt())
            _at += field == 1 ? 1 : 4;
        var (width, count) = ((int)VarUInt(), (int)VarUInt());
        var block = Enumerable.Range(0, count).Select(_ => new object?[width]).ToArray();
        var names = new List<Column>();
        for (var c = 0; c < width; c++)
        {
            var column = new Column(Text(), Text());
            names.Add(column);
            if (bytes[_at++] != 0)
                throw new InvalidDataException($"{column.Name}: a serialization of its own");
            if (count == 0)
                continue;
            var values = Values(column.Type, count);
            for (var r = 0; r < count; r++)
                block[r][c] = values[r];
        }
        if (columns.Count == 0)
            columns.AddRange(names);
        rows.AddRange(block);
    }

    private object?[] Values(string type, int count)
    {
        if (Inner(type, "LowCardinality(") is { } entry)
            return LowCardinality(entry, count);
        if (Inner(type, "Nullable(") is { } inner)
        {
            var nulls = bytes.AsSpan(_at, count).ToArray();
            _at += count;
            return [.. Values(inner, count).Select((value, i) => nulls[i] == 0 ? value : null)];
        }
        return [.. Enumerable.Range(0, count).Select(_ => One(type))];
    }

    private object One(string type) => type switch
    {
        "String" => Text(),
        "Bool" => Take(1)[0] != 0,
        "UInt8" => (ulong)Take(1)[0],
        "UInt16" => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        "UInt32" => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
        "UInt64" => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
        "Int64" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        "Int32" => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        "Float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ when type.StartsWith("DateTime64(3", StringComparison.Ordinal) => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(Take(8))),
        _ when type.StartsWith("DateTime", StringComparison.Ordinal) && !type.StartsWith("DateTime64", StringComparison.Ordinal)
            => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
        _ => throw new InvalidDataException($"a panel cannot show {type}: it would be JSON or text in Grafana"),
    };

    private object?[] LowCardinality(string type, int count)
    {
        _at += 8;
        var width = 1 << (int)(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)) & 0xFF);
        var dictionary = Values(Inner(type, "Nullable(") ?? type, (int)BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
        _at += 8;
        return [.. Enumerable.Range(0, count).Select(_ => Take(width)).Select(index => dictionary[index.Length == 1 ? index[0] : index.Length == 2 ? BitConverter.ToUInt16(index) : BitConverter.ToInt32(index)])];
    }

    private static string? Inner(string type, string head) => type.StartsWith(head, StringComparison.Ordinal) ? type[head.Length..^1] : null;

    private byte[] Take(int length)
    {
        var part = bytes.AsSpan(_at, length).ToArray();
        _at += length;
        return part;
    }

    private string Text() => Encoding.UTF8.GetString(Take((int)VarUInt()));

    private ulong VarUInt()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
