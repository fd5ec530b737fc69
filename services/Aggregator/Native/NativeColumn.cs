namespace Tidemark.Aggregator.Native;

/// <summary>
/// One column of a block in ClickHouse's Native format: filled row by row, written as a whole in an order of rows given at the end.
/// Source: ClickHouse documentation, "Native format", and its serialization of each type; every class here is checked by a round trip through the engine.
/// </summary>
public abstract class NativeColumn(string name, string type)
{
    public string Name { get; } = name;

    /// <summary>ClickHouse's type, in the words of <c>system.columns</c>.</summary>
    public string Type { get; } = type;

    public abstract int Count { get; }

    /// <summary>What stands before the data of a column, at the beginning of its stream: versions of its parts.</summary>
    public virtual void WritePrefix(ByteBuffer target)
    {
    }

    /// <summary>Writes the rows in the given order.</summary>
    public abstract void WriteRows(ByteBuffer target, ReadOnlySpan<int> order);

    public abstract void Clear();

    /// <summary>Gives the memory back to the pool.</summary>
    public abstract void Release();
}
