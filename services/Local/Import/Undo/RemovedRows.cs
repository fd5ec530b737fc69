using System.Globalization;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import.Undo;

/// <summary>How far ClickHouse is with an undo, from the table <c>import_undos</c>.</summary>
/// <param name="Share">Of the steps that are done, from 0 to 1: one for each partition of four topics.</param>
/// <param name="Events">Events that were, or are being, removed.</param>
/// <param name="Sessions">Sessions of them.</param>
/// <param name="Late">Late events.</param>
/// <param name="Rejected">Refused events.</param>
internal sealed record RemovedRows(double Share, long Events, long Sessions, long Late, long Rejected)
{
    /// <summary>Topics whose loaders delete something: events.history, sessions, events.late, events.rejected.</summary>
    private const int Topics = 4;

    public static RemovedRows None { get; } = new(0, 0, 0, 0, 0);

    public static RemovedRows operator +(RemovedRows a, RemovedRows b) =>
        new(Math.Min(a.Share, b.Share), a.Events + b.Events, a.Sessions + b.Sessions, a.Late + b.Late, a.Rejected + b.Rejected);

    /// <summary>Null when the engine does not answer.</summary>
    public static async Task<RemovedRows?> TryReadAsync(SqlClient sql, string project, string import, int generation, int partitions, CancellationToken cancellation)
    {
        var rows = await sql.TryRowsAsync(
            """
            SELECT sum(done), sumIf(removed, topic = 'events.history'), sumIf(removed, topic = 'sessions'), sumIf(removed, topic = 'events.late'), sumIf(removed, topic = 'events.rejected')
            FROM import_undos FINAL WHERE project = {project:String} AND import_id = {import:String} AND generation = {generation:UInt16}
            """,
            cancellation,
            ("project", project),
            ("import", import),
            ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        if (rows is not [{ Length: 5 } row])
            return null;
        var numbers = row.Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new RemovedRows((double)numbers[0] / (Topics * partitions), numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
