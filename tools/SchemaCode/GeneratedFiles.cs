using Tidemark.SchemaCode.Code;
using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode;

/// <summary>
/// Everything that follows from <c>schemas/*.avsc</c>: records and codecs (services/Contracts), the columns of Native blocks and the rows that are read back (services/Aggregator/Tables) and ClickHouse's
/// column comments. The files are checked in; a test of the contracts holds them to the schemas.
/// </summary>
internal static class GeneratedFiles
{
    private const string Contracts = "services/Contracts";
    private const string Tables = "services/Aggregator/Tables";
    private const string Comments = "deploy/clickhouse/comments.sql";

    /// <summary>Path from the repository's root, and the text with line feeds. Throws <see cref="SchemaException"/>.</summary>
    public static IReadOnlyDictionary<string, string> Of(string schemas)
    {
        var records = Directory.GetFiles(schemas, "*.avsc").Order(StringComparer.Ordinal).Select(SchemaFile.Read).ToList();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            files.Add($"{Contracts}/{record.Folder}/{record.TypeName}.g.cs", record.IsOwned ? OwnedRecordCode.Of(record) : SpanRecordCode.Of(record));
            foreach (var symbols in record.Enums)
                files.Add($"{Contracts}/{record.Folder}/{symbols.Name}.g.cs", EnumCode.Of(symbols, record));
            foreach (var item in record.Items)
                files.Add($"{Contracts}/{record.Folder}/{item.Name}.g.cs", ItemCode.Of(item, record));
            if (record.Table is not null)
                files.Add($"{Tables}/{ColumnsCode.ClassName(record)}.g.cs", ColumnsCode.Of(record));
            if (record.Table is { IsRead: true })
                files.Add($"{Tables}/{RowCode.ClassName(record)}.g.cs", RowCode.Of(record));
        }
        files.Add(Comments, CommentsSql.Of(records));
        return files;
    }

    /// <summary>Schemas whose present version is not under <c>schemas/history</c> yet.</summary>
    public static IEnumerable<(string Path, string Text)> NewVersions(string root)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(root, "schemas"), "*.avsc"))
        {
            var text = File.ReadAllText(file);
            var path = $"schemas/history/{Path.GetFileNameWithoutExtension(file)}/{CanonicalForm.Fingerprint(text):X16}.avsc";
            if (!File.Exists(Path.Combine(root, path)))
                yield return (path, text);
        }
    }

    /// <summary>Generated files in the repository that no schema gives any more.</summary>
    public static IEnumerable<string> Leftovers(string root)
    {
        var known = Of(Path.Combine(root, "schemas"));
        return new[] { Contracts, Tables }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.g.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal) && !known.ContainsKey(path));
    }
}
