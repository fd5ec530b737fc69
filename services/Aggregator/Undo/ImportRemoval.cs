using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Tables;
using Tidemark.Aggregator.Verification;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Undo;

/// <summary>
/// Takes the rows of an import out of the table of one topic partition, and out of its rollups. Steps, each of which may be done again: note what there is and in which
/// buckets (<c>import_undos</c>), delete the rows, delete the buckets, make the buckets anew of the rows that are left, note that it is done. It is part of a batch, so
/// whatever dies, the next loader of the partition begins with it again.
/// </summary>
/// <remarks>
/// Why buckets are deleted first: visitors cannot be subtracted from the states of a rollup, nor a row from a minimum. What is added afterwards is the difference to the rows,
/// so that inserts of other processes beside it do no harm. The raw rows are what everything is made of, and they go first: an insert that began before may still have
/// read them, and is waited for; one that begins later cannot bring them back.
/// </remarks>
internal sealed class ImportRemoval(ClickHouseClient client, EngineLink link, BatchVerifier verifier, TimeProvider time, ILogger logger)
{
    private const string Key = "project = {project:String} AND import_id = {import:String} AND generation = {generation:UInt16} AND topic = {topic:String} AND log_partition = {partition:UInt16}";
    private const string Columns = "project, import_id, generation, topic, log_partition, log_offset, done, removed, hours, days, undone_at";
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when nothing of the import is left. The caller sees to it that no other insert of this process runs.</summary>
    public async Task RunAsync(UndoMark mark, CancellationToken cancellation)
    {
        var table = UndoneTable.Of(mark.Source.Topic);
        var parameters = Parameters(mark);
        var state = await StateAsync(parameters, cancellation);
        // A loader that had lost the partition may have put rows back and died before it could take them out again.
        if (state == "1" && await CountAsync($"SELECT count() FROM {table.Name} WHERE {table.Rows}", parameters, cancellation) == 0)
            return;
        await RemoveAsync(mark, table, parameters, state, cancellation);
    }

    /// <summary>
    /// Takes out again what the undos of a topic partition from the stored offset <paramref name="from"/> on delete, done or not: a block from before them came late. Rollups are made anew also
    /// when the table has no row of it: one of them can have taken the block alone.
    /// </summary>
    public async Task RepeatAsync(TopicPartition source, long from, CancellationToken cancellation)
    {
        var undos = await link.UntilAnsweredAsync(
            ct => client.RowsAsync(
                """
                SELECT base64Encode(project), base64Encode(import_id), generation, log_offset, toUnixTimestamp64Milli(undone_at)
                FROM import_undos FINAL WHERE topic = {topic:String} AND log_partition = {partition:UInt16} AND log_offset >= {from:UInt64} ORDER BY log_offset
                """,
                ct, ("param_topic", source.Topic), ("param_partition", source.Partition), ("param_from", from)),
            cancellation);
        foreach (var row in undos)
        {
            var mark = new UndoMark(Text(row[0]), Text(row[1]), (int)Number(row[2]), source, Number(row[3]), Number(row[4]));
            logger.ImportCameLate(source.ToString(), mark.Import, mark.Project);
            await RemoveAsync(mark, UndoneTable.Of(source.Topic), Parameters(mark), "0", cancellation);
        }
    }

    private async Task RemoveAsync(UndoMark mark, UndoneTable table, (string, object)[] parameters, string? state, CancellationToken cancellation)
    {
        // The engine can acknowledge a row that it lost in a crash.
        for (; state is null; state = await StateAsync(parameters, cancellation))
            await BeginAsync(table, parameters, cancellation);
        await DeleteRowsAsync(table, parameters, cancellation);
        await InsertsOfBeforeEndedAsync(cancellation);
        // One of those may have been a loader's that had lost the partition and did not know it.
        await DeleteRowsAsync(table, parameters, cancellation);
        foreach (var rollup in Rollup.All.Where(rollup => rollup.Table == table.Name))
            await RebuildAsync(rollup, parameters, cancellation);
        if (table.Kind is { } kind)
            await WriteAsync(Ledger(kind), parameters, cancellation);
        await WriteAsync($"INSERT INTO import_undos ({Columns}) SELECT project, import_id, generation, topic, log_partition, log_offset, 1, removed, hours, days, undone_at FROM import_undos WHERE {Key} LIMIT 1", parameters, cancellation);
        logger.ImportRemoved(mark.Source.ToString(), mark.Import, mark.Project, table.Name);
    }

    private static (string, object)[] Parameters(UndoMark mark) =>
    [
        ("param_project", mark.Project),
        ("param_import", mark.Import),
        ("param_generation", mark.Generation),
        ("param_topic", mark.Source.Topic),
        ("param_partition", mark.Source.Partition),
        ("param_offset", mark.Offset),
        ("param_at", mark.UndoneAtMs),
    ];

    /// <summary>Null before the beginning, then 0, at the end 1.</summary>
    private async Task<string?> StateAsync((string, object)[] parameters, CancellationToken cancellation)
    {
        var rows = await link.UntilAnsweredAsync(ct => client.RowsAsync($"SELECT count(), max(done) FROM import_undos WHERE {Key}", ct, parameters), cancellation);
        return rows[0][0] == "0" ? null : rows[0][1];
    }

    private Task<string> BeginAsync(UndoneTable table, (string, object)[] parameters, CancellationToken cancellation) => WriteAsync(
        $$"""
        INSERT INTO import_undos ({{Columns}})
        SELECT {project:String}, {import:String}, {generation:UInt16}, {topic:String}, {partition:UInt16}, {offset:UInt64}, 0, {{table.Removed}}, {{table.Hours}}, {{table.Days}},
               fromUnixTimestamp64Milli({at:Int64}, 'UTC')
        FROM {{table.Name}} WHERE {{table.Rows}}
        """,
        parameters, cancellation);

    private static string Ledger(string kind) =>
        $$"""
        INSERT INTO import_rows (project, import_id, partition, kind, events, duplicates, late, sessions, closed_at, log_offset, generation, state, removed)
        SELECT project, import_id, log_partition, '{{kind}}', 0, 0, 0, 0, undone_at, log_offset, generation, 'undone', removed FROM import_undos WHERE {{Key}} LIMIT 1
        """;

    private async Task DeleteRowsAsync(UndoneTable table, (string, object)[] parameters, CancellationToken cancellation)
    {
        // One that an engine before a crash had begun goes on by itself.
        await DeletionsEndedAsync(table.Name, cancellation);
        while (await CountAsync($"SELECT count() FROM {table.Name} WHERE {table.Rows}", parameters, cancellation) > 0)
            await DeleteAsync(table.Name, table.Rows, parameters, cancellation);
    }

    private async Task RebuildAsync(Rollup rollup, (string, object)[] parameters, CancellationToken cancellation)
    {
        var touched = $"(SELECT arrayJoin({rollup.Bucket}s) FROM import_undos WHERE {Key})";
        // By month, as the tables are divided: a rollup of years would not be compared in one piece.
        var months = await link.UntilAnsweredAsync(
            ct => client.RowsAsync(
                $"SELECT DISTINCT toStartOfMonth(arrayJoin({rollup.Bucket}s)) AS month, toUnixTimestamp(toDateTime(month, 'UTC')), toUnixTimestamp(toDateTime(month + INTERVAL 1 MONTH, 'UTC')) FROM import_undos WHERE {Key} ORDER BY month",
                ct, parameters),
            cancellation);
        if (months.Length == 0)
            return;
        await DeletionsEndedAsync(rollup.Name, cancellation);
        await DeleteAsync(rollup.Name, $"project = {{project:String}} AND {rollup.Bucket} IN {touched}", parameters, cancellation);
        foreach (var month in months)
            await verifier.RebuildAsync(rollup, Milliseconds(month[1]), Milliseconds(month[2]), cancellation);
    }

    private static long Milliseconds(string seconds) => Number(seconds) * 1000;

    private static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    /// <summary>Returns when the rows can be seen no more. They are masked, not written anew: that costs little however wide the table is.</summary>
    private async Task DeleteAsync(string table, string rows, (string, object)[] parameters, CancellationToken cancellation)
    {
        // Not waited for in the request, so that a large table needs no long one; sent again after a lost answer it deletes nothing more.
        await link.UntilAnsweredAsync(
            ct => client.QueryAsync($"DELETE FROM {table} WHERE {rows}", ct, [.. parameters, ("lightweight_deletes_sync", 0), ("mutations_sync", 0)]), cancellation);
        await DeletionsEndedAsync(table, cancellation);
    }

    private async Task DeletionsEndedAsync(string table, CancellationToken cancellation)
    {
        // Statements on their way as well: one whose answer was lost must not come to what is put there afterwards.
        var open =
            $"""
            SELECT (SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = '{table}' AND NOT is_done)
                 + (SELECT count() FROM system.processes WHERE query_kind IN ('Delete', 'Alter') AND current_database = currentDatabase()),
                   (SELECT any(latest_fail_reason) FROM system.mutations WHERE database = currentDatabase() AND table = '{table}' AND NOT is_done)
            """;
        for (var told = false; ; await Task.Delay(_pause, time, cancellation))
        {
            var row = (await link.UntilAnsweredAsync(ct => client.RowsAsync(open, ct), cancellation))[0];
            if (row[0] == "0")
                return;
            if (!told && row is [_, { Length: > 0 } reason] && reason != "\\N")
            {
                logger.DeletionWaits(table, reason);
                told = true;
            }
        }
    }

    /// <summary>Inserts that run now may have read rows that are deleted meanwhile; those that begin from now on cannot.</summary>
    private async Task InsertsOfBeforeEndedAsync(CancellationToken cancellation)
    {
        const string running = "SELECT query_id FROM system.processes WHERE query_kind = 'Insert' AND current_database = currentDatabase()";
        var before = (await link.UntilAnsweredAsync(ct => client.RowsAsync(running, ct), cancellation)).Select(row => row[0]).ToHashSet();
        while (before.Count > 0)
        {
            await Task.Delay(_pause, time, cancellation);
            before.IntersectWith((await link.UntilAnsweredAsync(ct => client.RowsAsync(running, ct), cancellation)).Select(row => row[0]));
        }
    }

    private async Task<long> CountAsync(string sql, (string, object)[] parameters, CancellationToken cancellation) =>
        Number(await link.UntilAnsweredAsync(ct => client.QueryAsync(sql, ct, parameters), cancellation));

    private Task<string> WriteAsync(string sql, (string, object)[] parameters, CancellationToken cancellation) =>
        link.UntilAnsweredAsync(ct => client.QueryAsync(sql, ct, [.. parameters, .. ClickHouseClient.InsertSettings(null)]), cancellation);
}
