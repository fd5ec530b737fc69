using System.Globalization;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Formats;

/// <summary>
/// Reads Native of a newer protocol as a client does, for the types that statements other than SELECT answer with; a row's values come as a line of text. It shares
/// nothing with the code that it tests.
/// </summary>
internal sealed class NativeReader(byte[] bytes)
{
    int _at;

    public static (List<string> Names, List<string> Types, List<string> Rows) Read(byte[] bytes)
    {
        var reader = new NativeReader(bytes);
        var (names, types, rows) = (new List<string>(), new List<string>(), new List<string>());
        while (reader._at < bytes.Length)
        {
            var (width, count) = reader.BlockHead();
            var columns = new List<string[]>();
            var first = names.Count == 0;
            for (var column = 0; column < width; column++)
            {
                var (name, type) = reader.ColumnHead();
                if (first)
                    (names, types) = ([.. names, name], [.. types, type]);
                columns.Add(count == 0 ? [] : reader.Values(type, count));
            }

            for (var row = 0; row < count; row++)
                rows.Add(string.Join('\t', columns.Select(column => column[row])));
        }

        return (names, types, rows);
    }

    /// <summary>Names and types of the first block whose last column may be of any type.</summary>
    public static (List<string> Names, List<string> Types, int Rows) Head(byte[] bytes)
    {
        var reader = new NativeReader(bytes);
        var (width, count) = reader.BlockHead();
        var heads = new List<(string Name, string Type)>();
        for (var column = 0; column < width; column++)
        {
            heads.Add(reader.ColumnHead());
            if (column < width - 1)
                reader.Values(heads[^1].Type, count);
        }

        return ([.. heads.Select(head => head.Name)], [.. heads.Select(head => head.Type)], count);
    }

    (int Width, int Count) BlockHead()
    {
        for (var field = VarUInt(); field != 0; field = VarUInt())
            _at += field == 1 ? 1 : 4;
        return (VarUInt(), VarUInt());
    }

    (string Name, string Type) ColumnHead()
    {
        var head = (Text(), Text());
        Assert.Equal(0, bytes[_at++]);
        return head;
    }

    string[] Values(string type, int count)
    {
        if (type.StartsWith("Nullable(", StringComparison.Ordinal))
        {
            var nulls = bytes.AsSpan(_at, count).ToArray();
            _at += count;
            return [.. Values(type[9..^1], count).Select((value, i) => nulls[i] == 0 ? value : "\\N")];
        }

        return [.. Enumerable.Range(0, count).Select(_ => One(type))];
    }

    string One(string type) => type switch
    {
        "String" => Text(),
        "UInt8" => bytes[_at++].ToString(CultureInfo.InvariantCulture),
        "UInt64" => BitConverter.ToUInt64(bytes, (_at += 8) - 8).ToString(CultureInfo.InvariantCulture),
        _ => throw new InvalidDataException($"not read here: {type}"),
    };

    string Text()
    {
        var length = VarUInt();
        return Encoding.UTF8.GetString(bytes, (_at += length) - length, length);
    }

    int VarUInt()
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
