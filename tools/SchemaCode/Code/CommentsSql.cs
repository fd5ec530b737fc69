using System.Text;
using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>The comments of columns in ClickHouse: what the schemas say of them.</summary>
internal static class CommentsSql
{
    public static string Of(IReadOnlyList<SchemaRecord> records)
    {
        var sql = new StringBuilder("-- From schemas/*.avsc. Change those, then: dotnet run --project tools/SchemaCode\n");
        foreach (var record in records.Where(r => r.Table is not null))
        {
            var comments = Columns(record, records).Select(c => $"    COMMENT COLUMN {c.Name} '{Escaped(c.Doc)}'");
            sql.Append('\n').Append("ALTER TABLE ").Append(record.Table!.Name).Append('\n').AppendJoin(",\n", comments).Append(";\n");
        }
        return sql.ToString();
    }

    /// <summary>All columns of a record's table, with type and meaning.</summary>
    public static IEnumerable<LoaderColumn> Columns(SchemaRecord record, IReadOnlyList<SchemaRecord> records)
    {
        var with = record.Table!.With is { } other ? Columns(records.Single(r => r.FileName == other), records) : [];
        return with
            .Concat(record.Fields.Where(f => f.ColumnType is not null).Select(f => new LoaderColumn(f.Column, f.ColumnType!, f.Doc)))
            .Concat(record.Table.Columns);
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
