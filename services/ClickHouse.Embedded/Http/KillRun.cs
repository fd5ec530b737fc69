using System.Globalization;
using System.Text;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// KILL QUERY WHERE … over the queries of this door, which the engine knows by ids of its own: both ids find one. A reader stops the queries of readers only, as
/// a user of a server that may only read stops his own (the cancel of JDBC).
/// </summary>
internal sealed class KillRun(PooledConnection pooled, RunningQueries running, RunningQuery self, QueryParameters parameters)
{
    const string Columns = "n UInt32, id String, user String, query String, elapsed Float64, thread UInt64";

    /// <summary>Stops what the condition finds and gives the statement that answers with it.</summary>
    public async Task<string> RunAsync(StatementAnalysis statement, CancellationToken cancellation)
    {
        var (condition, mode) = KillStatement.Parts(statement);
        var visible = running.All.Where(query => query != self && (!pooled.ReadOnly || query.User == self.User)).ToArray();
        if (visible.Length == 0)
            return Answer([], mode);
        var found = await pooled.RunAsync(connection => Find(connection, visible, condition)).ConfigureAwait(false);
        if (mode != "TEST")
            foreach (var query in found)
                query.Stop(EngineErrorException.Of(394, "QUERY_WAS_CANCELLED", "Query was cancelled"));
        if (mode == "SYNC")
            await Task.WhenAll(found.Select(static query => query.Ended)).WaitAsync(cancellation).ConfigureAwait(false);
        return Answer(found, mode);
    }

    RunningQuery[] Find(EngineConnection connection, RunningQuery[] visible, string condition)
    {
        var rows = string.Join(", ", visible.Select((query, i) => string.Create(CultureInfo.InvariantCulture,
            $"({i}, {EmbeddedEngine.Literal(query.Id)}, {EmbeddedEngine.Literal(query.User)}, {EmbeddedEngine.Literal(query.Text)}, {query.Elapsed.TotalSeconds}, {query.Connection?.ThreadId ?? 0})")));
        var sql = $"""
            SELECT DISTINCT n FROM
            (
                SELECT v.n AS n, arrayJoin(arrayFilter(x -> x != '', [v.id, p.query_id])) AS query_id, query_id AS initial_query_id, v.user AS user, v.query AS query, v.elapsed AS elapsed
                FROM values('{Columns}', {rows}) AS v
                LEFT JOIN (SELECT query_id, arrayJoin(thread_ids) AS thread FROM system.processes) AS p ON p.thread = v.thread
            )
            WHERE {condition}
            """;
        using IDisposable owner = connection.Query(Encoding.UTF8.GetBytes(sql), "TabSeparatedRaw", parameters);
        var result = (EngineResult)owner;
        if (result.Error is { } error)
            throw EngineErrorException.Parse(error);
        return [.. Encoding.UTF8.GetString(result.GetSpan()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => visible[int.Parse(n, CultureInfo.InvariantCulture)])];
    }

    static string Answer(RunningQuery[] found, string mode)
    {
        const string Structure = "kill_status String, query_id String, user String, query String";
        var status = mode switch { "SYNC" => "finished", "TEST" => "unknown_status", _ => "waiting" };
        return found.Length == 0
            ? $"SELECT * FROM values('{Structure}', ('', '', '', '')) WHERE 0"
            : $"SELECT * FROM values('{Structure}', {string.Join(", ", found.Select(query => $"({EmbeddedEngine.Literal(status)}, {EmbeddedEngine.Literal(query.Id)}, {EmbeddedEngine.Literal(query.User)}, {EmbeddedEngine.Literal(query.Text)})"))})";
    }
}
