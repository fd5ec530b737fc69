using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Tables;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Writes the rows of <c>import_rows</c> once the batch before them is stored. The newest row of a key replaces the others, so writing one again is harmless.
/// </summary>
internal sealed class ImportLedger(ClickHouseClient client)
{
    private const string Events =
        """
        INSERT INTO import_rows (project, import_id, partition, kind, events, duplicates, late, sessions, closed_at, log_offset, generation)
        SELECT {project:String}, {import:String}, {partition:UInt16}, 'events', count(), 0, 0, 0, fromUnixTimestamp64Milli({closed:Int64}, 'UTC'), {offset:UInt64}, {generation:UInt16}
        FROM events
        WHERE project = {project:String} AND import_id = {import:String} AND lane = 'history' AND log_partition = {partition:UInt16} AND log_offset < {offset:UInt64}
        """;

    private const string Sessions =
        """
        INSERT INTO import_rows (project, import_id, partition, kind, events, duplicates, late, sessions, closed_at, log_offset, generation)
        SELECT {project:String}, {import:String}, {partition:UInt16}, 'sessions', {events:UInt64}, {duplicates:UInt64}, {late:UInt64}, {sessions:UInt64},
               fromUnixTimestamp64Milli({closed:Int64}, 'UTC'), {offset:UInt64}, {generation:UInt16}
        """;

    public Task<string> WriteAsync(ImportMark mark, CancellationToken cancellation) =>
        client.QueryAsync(
            mark.OfSessions ? Sessions : Events,
            cancellation,
            [
                ("param_project", mark.Project),
                ("param_import", mark.ImportId),
                ("param_generation", mark.Generation),
                ("param_partition", mark.Partition),
                ("param_closed", mark.ClosedAtMs),
                ("param_offset", mark.Offset),
                .. mark.OfSessions
                    ? new (string, object)[]
                    {
                        ("param_events", mark.Events), ("param_duplicates", mark.Duplicates), ("param_late", mark.Late), ("param_sessions", mark.Sessions),
                    }
                    : [],
                .. ClickHouseClient.InsertSettings(null),
            ]);
}
