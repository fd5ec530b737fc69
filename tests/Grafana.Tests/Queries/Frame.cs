namespace Tidemark.Grafana.Tests.Queries;

/// <summary>What a query answered: columns with the names and types as they came, and rows of decoded values.</summary>
internal sealed record Frame(IReadOnlyList<Column> Columns, IReadOnlyList<object?[]> Rows)
{
    internal object? Value(int row, string column) => Rows[row][IndexOf(column)];

    internal IEnumerable<object?> Values(string column) => Rows.Select(row => row[IndexOf(column)]);

    /// <summary>Rows as lines, so that answers can be compared and read.</summary>
    internal string[] Lines() => [.. Rows.Select(row => string.Join('|', row.Select(value => value switch
    {
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.fff"),
        null => "NULL",
        _ => value.ToString(),
    })))];

    private int IndexOf(string column) => Columns.Select((c, i) => (c, i)).Single(pair => pair.c.Name == column).i;
}

/// <summary>A column of an answer.</summary>
internal sealed record Column(string Name, string Type)
{
    private string Bare => Type.Replace("LowCardinality(", "", StringComparison.Ordinal).Replace("Nullable(", "", StringComparison.Ordinal).TrimEnd(')');

    internal bool IsTime => Bare.StartsWith("DateTime", StringComparison.Ordinal);

    internal bool IsNumber => Bare.StartsWith("UInt", StringComparison.Ordinal) || Bare.StartsWith("Int", StringComparison.Ordinal) || Bare.StartsWith("Float", StringComparison.Ordinal);

    internal bool IsText => Bare == "String";

    internal bool IsBool => Bare == "Bool";
}
