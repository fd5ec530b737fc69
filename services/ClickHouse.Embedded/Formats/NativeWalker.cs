using System.Buffers.Binary;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>Steps over the parts of a Native block without decoding values.</summary>
internal ref struct NativeWalker(ReadOnlySpan<byte> bytes)
{
    const ulong Flattened = 3;

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
    public bool Column(NativeType type, int rows) => rows == 0 || (Prefix(type) is { } known && Values(known, rows));

    // What stands once per column before its values. What a column of Dynamic or JSON holds is said there, so that after it the type is
    // one of fixed layouts; null for a type that does not say how it lies.
    NativeType? Prefix(NativeType type)
    {
        switch (type.Layout)
        {
            case NativeLayout.Unknown:
                return null;
            case NativeLayout.LowCardinality:
                Position += 8;
                return type;
            case NativeLayout.Dynamic:
                return Dynamic();
            case NativeLayout.Json:
                return Json(type);
            case NativeLayout.Variant:
                // 0: one discriminator per row.
                return UInt64() == 0 ? Inner(type) : null;
            default:
                return Inner(type);
        }
    }

    NativeType? Inner(NativeType type)
    {
        if (type.Inner.Length == 0)
            return type;
        var inner = new NativeType[type.Inner.Length];
        for (var i = 0; i < inner.Length; i++)
            if (Prefix(type.Inner[i]) is { } known)
                inner[i] = known;
            else
                return null;
        return type with { Inner = inner };
    }

    // Version, in version 1 the greatest number of types, the types' names, and a Variant of these and of the shared values, by name; in
    // version 3 (…_use_flattened_dynamic_and_json_serialization) all types are named and lie as they are named.
    NativeType? Dynamic()
    {
        var version = UInt64();
        if (version is not (1 or 2 or Flattened))
            return null;
        if (version == 1)
            VarUInt();
        var names = Texts();
        if (version == Flattened)
            return names.Count < 255 ? Inner(Variant(names)) : null;
        names.Add("SharedVariant");
        names.Sort(string.CompareOrdinal);
        return UInt64() == 0 ? Inner(Variant(names)) : null;
    }

    static NativeType Variant(List<string> names) => new(NativeLayout.Variant, 0, [.. names.Select(static name => NativeType.Parse(name))]);

    // Version, in version 0 the greatest number of paths, the paths' names; then the typed paths, the others, and pairs of texts for the rest.
    NativeType? Json(NativeType type)
    {
        var version = UInt64();
        // 1: whole texts (output_format_native_write_json_as_string).
        if (version == 1)
            return NativeType.Parse("String");
        if (version is not (0 or 2 or Flattened))
            return null;
        if (version == 0)
            VarUInt();
        var dynamic = Texts().Select(static _ => new NativeType(NativeLayout.Dynamic, 0, []));
        return Inner(new(NativeLayout.Tuple, 0, version == Flattened ? [.. type.Inner, .. dynamic] : [.. type.Inner, .. dynamic, NativeType.Parse("Array(Tuple(String, String))")]));
    }

    List<string> Texts()
    {
        var count = VarUInt();
        var texts = new List<string>(Math.Min(count, 1024));
        for (var i = 0; i < count; i++)
            texts.Add(Encoding.UTF8.GetString(Text()));
        return texts;
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
