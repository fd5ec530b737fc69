using System.Buffers.Binary;

namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>Steps over the parts of a Native block without decoding values.</summary>
internal ref struct NativeWalker(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    public int VarUInt()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[Position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return checked((int)value);
        }
    }

    public ReadOnlySpan<byte> Text()
    {
        var length = VarUInt();
        var text = _bytes.Slice(Position, length);
        Position += length;
        return text;
    }

    /// <summary>Steps over a column's data; false when its type does not say how, and the position is lost.</summary>
    public bool Column(NativeType type, int rows) => rows == 0 || (Prefix(type) && Values(type, rows));

    // What stands once per column before its values.
    bool Prefix(NativeType type)
    {
        switch (type.Layout)
        {
            case NativeLayout.Unknown:
                return false;
            case NativeLayout.LowCardinality:
                Position += 8;
                return true;
            case NativeLayout.Variant:
                if (UInt64() != 0)
                    return false;
                break;
        }

        foreach (var inner in type.Inner)
            if (!Prefix(inner))
                return false;
        return true;
    }

    bool Values(NativeType type, int rows)
    {
        switch (type.Layout)
        {
            case NativeLayout.Fixed:
                Position += type.Size * rows;
                return true;
            case NativeLayout.String:
                for (var i = 0; i < rows; i++)
                    Skip(VarUInt());
                return true;
            case NativeLayout.Nullable:
                Position += rows;
                return Values(type.Inner[0], rows);
            case NativeLayout.Array or NativeLayout.Map:
                if (rows > 0)
                {
                    Position += 8 * (rows - 1);
                    rows = (int)UInt64();
                }

                return All(type, rows);
            case NativeLayout.Tuple:
                return All(type, rows);
            case NativeLayout.LowCardinality:
                return rows == 0 || LowCardinality(type.Inner[0]);
            case NativeLayout.Variant:
                return Variant(type, rows);
            default:
                return false;
        }
    }

    bool All(NativeType type, int rows)
    {
        foreach (var inner in type.Inner)
            if (!Values(inner, rows))
                return false;
        return true;
    }

    // Flags with the width of the indexes, the dictionary without NULL's own column, the indexes.
    bool LowCardinality(NativeType dictionary)
    {
        var width = 1 << (int)(UInt64() & 0xFF);
        var keys = (int)UInt64();
        if (!Values(dictionary.Layout == NativeLayout.Nullable ? dictionary.Inner[0] : dictionary, keys))
            return false;
        Skip((int)UInt64() * width);
        return true;
    }

    bool Variant(NativeType type, int rows)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var kind in _bytes.Slice(Position, rows))
            counts[kind]++;
        Position += rows;
        for (var i = 0; i < type.Inner.Length; i++)
            if (!Values(type.Inner[i], counts[i]))
                return false;
        return true;
    }

    // The operand moves the position itself: no compound assignment may read it first.
    void Skip(int count) => Position += count;

    ulong UInt64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]);
        Position += 8;
        return value;
    }
}
