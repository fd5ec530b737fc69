using Tidemark.Local.Import.Ndjson;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sorting;
using Tidemark.Local.Import.Source;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import.Undo;

/// <summary>Finds the imports that <c>--undo</c> means: the one of that name, else those that the content of a file of that name was imported as.</summary>
/// <param name="text">What was typed.</param>
/// <param name="known">The collector's imports.</param>
/// <param name="sql">ClickHouse, which also has the imports of versions whose collectors made no notes; null when nobody knows where it is.</param>
/// <param name="assumedProject">What the reader of a file takes for the project when it makes the name of an import.</param>
/// <param name="project">Of the imports.</param>
internal sealed class UndoneName(string text, IReadOnlyDictionary<string, ListedImport> known, SqlClient? sql, string assumedProject, string project)
{
    private const int MostNames = 10;

    /// <param name="format">What the file is; null: by its name.</param>
    /// <param name="temporaryFolder">For sorting.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<ListedImport>> FindAsync(string? format, string temporaryFolder, CancellationToken cancellation)
    {
        if (await FindAsync(text, cancellation) is { } one)
            return [one];
        if (!File.Exists(text))
            throw new CommandFailedException(Unknown());
        var found = new List<ListedImport>();
        foreach (var id in IdsOf(format, temporaryFolder))
        {
            if (await FindAsync(id, cancellation) is { } import)
                found.Add(import);
        }
        if (found.Count == 0)
            throw new CommandFailedException($"the content of {Quoted.Text(text)} was never imported under an id of its own; if it was imported with --import-id NAME, undo that name{Names()}");
        return found;
    }

    private async Task<ListedImport?> FindAsync(string id, CancellationToken cancellation)
    {
        if (known.TryGetValue(id, out var listed))
            return listed;
        if (sql is null || id.Length > 64)
            return null;
        var rows = await sql.TryRowsAsync(
            """
            SELECT 1 FROM (SELECT import_id FROM import_rows WHERE project = {project:String} AND import_id = {import:String} LIMIT 1
                           UNION ALL SELECT import_id FROM events WHERE project = {project:String} AND lane = 'history' AND import_id = {import:String} LIMIT 1)
            """,
            cancellation, ("project", project), ("import", id));
        return rows is { Length: > 0 } ? new ListedImport(id, 0, "unlisted") : null;
    }

    private List<string> IdsOf(string? format, string temporaryFolder)
    {
        using var source = SourceFile.Open(text);
        using var sorter = new EventSorter(temporaryFolder);
        var rows = new RowSink(sorter);
        // Only an export has more than one stream.
        if (IsNdjson(format))
            new NdjsonRows(FieldMap.Empty, TimeUnit.None).Read(source.Text, rows);
        source.Text.CopyTo(Stream.Null);
        var id = FileReading.IdOf(assumedProject, source.ContentHash());
        return rows.Streams.Count == 0 ? [id] : [.. Enumerable.Range(0, rows.Streams.Count).Select(stream => rows.Streams.ImportIdOf(stream, id))];
    }

    private bool IsNdjson(string? format)
    {
        try
        {
            return ImportFormats.Parse(format, text) == ImportFormat.Ndjson;
        }
        catch (CommandFailedException) when (format is null)
        {
            return false;
        }
    }

    private string Unknown()
    {
        var closest = ClosestNames.To(text, known.Keys);
        var hint = closest.Count > 0 ? $"; did you mean {string.Join(" or ", closest)}?" : Names();
        return $"no import is called {Quoted.Text(text)}, and there is no file of that name{hint}";
    }

    private string Names()
    {
        var names = known.Keys.Order(StringComparer.Ordinal).ToList();
        var more = names.Count > MostNames ? $" and {names.Count - MostNames:N0} more" : "";
        return names.Count == 0 ? "; nothing was imported there yet" : $"; imports there: {string.Join(", ", names.Take(MostNames))}{more}";
    }
}
