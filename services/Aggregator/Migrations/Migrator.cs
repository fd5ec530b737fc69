using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;

namespace Tidemark.Aggregator.Migrations;

/// <summary>
/// Brings the database to this version's schema: migrations forward only, each once and in order, told apart by checksum; then the comments of columns and the views, anew
/// unless they are as this version left them. Every statement can be run again, so one whose answer was lost is, and a migration that was cut off starts from its beginning.
/// </summary>
internal sealed class Migrator(
    ClickHouseClient client, EngineLink link, string database, IReadOnlyList<SqlFile> migrations, IReadOnlyList<SqlFile> comments, IReadOnlyList<SqlFile> views,
    ILogger logger)
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, checksum String, applied_at DateTime('UTC') DEFAULT now())
        ENGINE = MergeTree ORDER BY version SETTINGS non_replicated_deduplication_window = 100000
        """;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await link.UntilAnsweredAsync(ct => client.QueryServerAsync($"CREATE DATABASE IF NOT EXISTS {database}", ct), cancellation);
        await link.UntilAnsweredAsync(ct => client.QueryAsync(Table, ct), cancellation);
        var applied = await link.UntilAnsweredAsync(
            ct => client.RowsAsync("SELECT version, any(name), any(checksum) FROM schema_migrations GROUP BY version ORDER BY version", ct), cancellation);
        Check(applied);
        var done = applied.Select(row => row[0]).ToHashSet();
        foreach (var file in migrations.Where(file => !done.Contains(file.Version.ToString())))
            await ApplyAsync(file, cancellation);
        var (left, found) = await StateAsync(cancellation);
        if (left != found)
        {
            await CommentAsync(cancellation);
            await CreateViewsAsync(cancellation);
            await LeaveAsync((await StateAsync(cancellation)).Found, cancellation);
        }
        logger.Migrated(database, migrations.Count == 0 ? 0 : migrations[^1].Version, views.Count);
    }

    private void Check(string[][] applied)
    {
        foreach (var row in applied)
        {
            var version = int.Parse(row[0]);
            var file = migrations.FirstOrDefault(file => file.Version == version)
                ?? throw new MigrationException(
                    $"database {database} has migration {row[1]}, which this version does not know: it was written by a newer one. Run that version, or give another database",
                    final: true);
            if (file.Checksum != row[2])
                throw new MigrationException(
                    $"migration {file.Name} is not the one that database {database} was made with (checksum {row[2]}, here {file.Checksum}). "
                    + "A migration must not be changed once it is applied: take the file back as it was and write a new one");
        }
    }

    private async Task ApplyAsync(SqlFile file, CancellationToken cancellation)
    {
        await ExecuteAsync(file, cancellation);
        // A row too many is harmless: they are read by version.
        await link.UntilAnsweredAsync(
            ct => client.QueryAsync(
                "INSERT INTO schema_migrations (version, name, checksum) SELECT {version:UInt32}, {name:String}, {checksum:String}",
                ct,
                ("param_version", file.Version), ("param_name", file.Name), ("param_checksum", file.Checksum), ("insert_deduplicate", 0)),
            cancellation);
        logger.MigrationApplied(file.Name);
    }

    /// <summary>
    /// What the program that was here last has left behind, and what is found: a hash of the files, and one of the definitions of all tables and views with their comments. Asking costs a
    /// start one statement; the statements that a change needs are sixty, half a second of the engine's.
    /// </summary>
    private async Task<(string Left, string Found)> StateAsync(CancellationToken cancellation)
    {
        var files = string.Concat(comments.Concat(views).Select(static file => file.Name + file.Checksum));
        var rows = await link.UntilAnsweredAsync(
            ct => client.RowsAsync(
                """
                SELECT anyIf(comment, name = 'schema_migrations'),
                    lower(hex(sipHash128({files:String}, arraySort(groupArrayIf((name, create_table_query), name != 'schema_migrations')))))
                FROM system.tables WHERE database = currentDatabase()
                """,
                ct,
                ("param_files", files)),
            cancellation);
        return (rows[0][0], "views and comments " + rows[0][1]);
    }

    /// <summary>Kept as the comment of the table of migrations. Where it cannot be kept, the next start does it all again.</summary>
    private async Task LeaveAsync(string state, CancellationToken cancellation)
    {
        try
        {
            await link.UntilAnsweredAsync(ct => client.QueryAsync($"ALTER TABLE schema_migrations MODIFY COMMENT '{state}'", ct), cancellation);
        }
        catch (ClickHouseException e) when (!e.Transient)
        {
            logger.NotCommented(e.Message);
        }
    }

    /// <summary>Nothing waits for a comment: a table that is away for the moment, or a grant, gets it with the next start.</summary>
    private async Task CommentAsync(CancellationToken cancellation)
    {
        foreach (var statement in comments.SelectMany(file => SqlStatements.Of(file.Text)))
        {
            try
            {
                await link.UntilAnsweredAsync(ct => client.QueryAsync(statement, ct), cancellation);
            }
            catch (ClickHouseException e) when (!e.Transient)
            {
                logger.NotCommented(e.Message);
            }
        }
    }

    // A view may use another: what fails is tried again after the others, as long as that gets anywhere.
    private async Task CreateViewsAsync(CancellationToken cancellation)
    {
        var open = views.ToList();
        while (open.Count > 0)
        {
            var failed = new List<(SqlFile File, ClickHouseException Error)>();
            foreach (var file in open)
            {
                try
                {
                    await ExecuteAsync(file, cancellation);
                }
                catch (ClickHouseException e) when (!e.Transient)
                {
                    failed.Add((file, e));
                }
            }
            if (failed.Count == open.Count)
                throw new MigrationException($"view {failed[0].File.Name} cannot be created: {failed[0].Error.Message}");
            open = [.. failed.Select(f => f.File)];
        }
    }

    private async Task ExecuteAsync(SqlFile file, CancellationToken cancellation)
    {
        foreach (var statement in SqlStatements.Of(file.Text))
            await link.UntilAnsweredAsync(ct => client.QueryAsync(statement, ct), cancellation);
    }
}
