using System.Globalization;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import.Sending;

/// <summary>What ClickHouse knows of an import, from the view <c>imports</c>.</summary>
/// <param name="Events">Distinct events in the table, per partition added up.</param>
/// <param name="Duplicates">Copies that were dropped: this import sent before.</param>
/// <param name="Late">Events that came too late for their session.</param>
/// <param name="Sessions">Sessions that the import made.</param>
internal sealed record ImportState(long Events, long Duplicates, long Late, long Sessions)
{
    /// <summary>All streams of a file together.</summary>
    public static ImportState Sum(IEnumerable<ImportState?> states) => states.Aggregate(
        new ImportState(0, 0, 0, 0),
        (sum, one) => one is null ? sum : new ImportState(sum.Events + one.Events, sum.Duplicates + one.Duplicates, sum.Late + one.Late, sum.Sessions + one.Sessions));

    /// <summary>Null while not every partition has loaded all events and all sessions of the import.</summary>
    public static async Task<ImportState?> TryReadAsync(SqlClient sql, string project, string importId, int generation, int partitions, CancellationToken cancellation)
    {
        var rows = await sql.TryRowsAsync(
            """
            SELECT countIf(kind = 'events'), countIf(kind = 'sessions'), sumIf(events, kind = 'events'), sum(duplicates), sum(late), sum(sessions)
            FROM imports WHERE project = {project:String} AND import_id = {import:String} AND generation = {generation:UInt16} AND state = 'loaded'
            """,
            cancellation,
            ("project", project),
            ("import", importId),
            ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        if (rows is not [var row] || row.Length != 6)
            return null;
        var numbers = row.Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return numbers[0] >= partitions && numbers[1] >= partitions ? new ImportState(numbers[2], numbers[3], numbers[4], numbers[5]) : null;
    }
}
