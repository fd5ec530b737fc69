using System.Text;

namespace Tidemark.Aggregator.Native;

/// <summary>Rows of one table, column by column. Written column by column too, so that sending needs no more memory than its largest column.</summary>
public sealed class NativeBlock(IReadOnlyList<NativeColumn> columns)
{
    private readonly ByteBuffer _output = new();

    public IReadOnlyList<NativeColumn> Columns { get; } = columns;

    public int Rows => Columns[0].Count;

    /// <summary>Names of the columns for the INSERT statement.</summary>
    public string ColumnNames { get; } = string.Join(", ", columns.Select(c => c.Name));

    /// <summary>Writes the block in the given order of rows; may be called again for a retry and then writes the same bytes.</summary>
    public async Task<long> WriteAsync(Stream target, ReadOnlyMemory<int> order, CancellationToken cancellation)
    {
        long written = 0;
        _output.Clear();
        _output.WriteVarint((ulong)Columns.Count);
        _output.WriteVarint((ulong)order.Length);
        foreach (var column in Columns)
        {
            if (column.Count != Rows)
                throw new InvalidOperationException($"column {column.Name} has {column.Count} rows of {Rows}");
            _output.WriteString(Encoding.UTF8.GetBytes(column.Name));
            _output.WriteString(Encoding.UTF8.GetBytes(column.Type));
            if (order.Length > 0)
            {
                column.WritePrefix(_output);
                column.WriteRows(_output, order.Span);
            }
            await target.WriteAsync(_output.Memory, cancellation);
            written += _output.Length;
            _output.Clear();
        }
        return written;
    }

    public void Clear()
    {
        foreach (var column in Columns)
            column.Clear();
    }

    public void Release()
    {
        foreach (var column in Columns)
            column.Release();
        _output.Release();
    }
}
