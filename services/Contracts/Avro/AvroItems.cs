namespace Tidemark.Contracts.Avro;

/// <summary>A record in a record.</summary>
internal interface IAvroItem<T>
    where T : IAvroItem<T>
{
    /// <summary>Bytes that <see cref="Write"/> may need at most.</summary>
    int MaxLength { get; }

    void Write(ref AvroWriter writer);

    static abstract T Read(ref AvroReader reader);
}

/// <summary>Records in a record, and arrays of them.</summary>
internal static class AvroItems
{
    public static int MaxLength<T>(in T item)
        where T : IAvroItem<T> => item.MaxLength;

    public static void Write<T>(ref AvroWriter writer, in T item)
        where T : IAvroItem<T> => item.Write(ref writer);

    public static T Read<T>(ref AvroReader reader)
        where T : IAvroItem<T> => T.Read(ref reader);

    public static int MaxLengthOfAll<T>(IReadOnlyList<T> items)
        where T : IAvroItem<T> => items.Sum(static item => item.MaxLength);

    public static void WriteAll<T>(ref AvroWriter writer, IReadOnlyList<T> items)
        where T : IAvroItem<T>
    {
        if (items.Count > 0)
            writer.Long(items.Count);
        foreach (var item in items)
            item.Write(ref writer);
        writer.Long(0);
    }

    public static List<T> ReadAll<T>(ref AvroReader reader)
        where T : IAvroItem<T>
    {
        var items = new List<T>();
        for (var block = reader.Block(); block != 0; block = reader.Block())
        {
            for (; block > 0; block--)
                items.Add(T.Read(ref reader));
        }
        return items;
    }
}
