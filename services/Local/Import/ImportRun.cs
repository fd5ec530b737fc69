using System.Diagnostics;
using Tidemark.Local.Import.Sending;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import;

/// <summary>What came of an import, for its summary.</summary>
/// <param name="ImportId">Its id.</param>
/// <param name="State">From ClickHouse; null when nobody could wait for it.</param>
/// <param name="Accepted">Events that the collector took.</param>
/// <param name="AlreadyThere">True when it had been imported before and nothing was sent.</param>
internal sealed record ImportOutcome(string ImportId, ImportState? State, long Accepted, bool AlreadyThere);

/// <summary>Sends what was read of a file, ends the import, and waits until all of it can be queried.</summary>
internal sealed class ImportRun(ImportTarget target, string project, string key, ImportProgress progress)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(2);

    /// <summary>With less than this ClickHouse writes no part any more, and says so only in its log.</summary>
    private const long FullDiskBytes = 8 << 20;

    /// <summary>A merge may fill the disk for a moment.</summary>
    private static readonly TimeSpan FullDiskPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long the engine may be away while the tables fill: much longer than it takes to be started again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task<ImportOutcome> SendAsync(FileContent content, CancellationToken cancellation)
    {
        using var sql = target.Sql is { } address ? new SqlClient(address) : null;
        if (sql is not null && await ImportState.TryReadAsync(sql, project, content.ImportId, target.Partitions, cancellation) is { } before)
            return new ImportOutcome(content.ImportId, before, 0, AlreadyThere: true);

        using var client = new HistoryClient(target.Collector, key, content.ImportId);
        long sent = 0;
        var sender = new ChunkSender(client, content.Rows.Rejected)
        {
            OnSent = count => progress.Report("sending", (double)(sent += count) / content.Events.Count, sent, content.Rows.Rejected.Count),
        };
        progress.Report("sending", 0, 0, content.Rows.Rejected.Count);
        await sender.SendAsync(content.Events.Sorted(), cancellation);
        await client.EndAsync(cancellation);
        return new ImportOutcome(content.ImportId, sql is null ? null : await WaitAsync(sql, content, cancellation), sender.Accepted, AlreadyThere: false);
    }

    private async Task<ImportState> WaitAsync(SqlClient sql, FileContent content, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        var answered = since;
        var asked = since;
        while (true)
        {
            if (Stopwatch.GetElapsedTime(asked) > AliveInterval)
            {
                asked = Stopwatch.GetTimestamp();
                if (target.Data is { } data && Stopwatch.GetElapsedTime(since) > FullDiskPatience && FreeBytes(data) < FullDiskBytes)
                    throw new CommandFailedException($"there is no room left on the disk of {Quoted.Text(data)}: make room, then start the import again; it goes on where it stopped");
                if (await sql.TryRowsAsync("SELECT 1", cancellation) is not null)
                    answered = asked;
                else if (Stopwatch.GetElapsedTime(answered) > Patience)
                    throw new CommandFailedException(
                        $"everything was sent, but ClickHouse at {target.Sql} has not answered for {Patience.TotalSeconds:0} s: start what runs there again, then this import; it goes on where it stopped");
            }
            if (await ImportState.TryReadAsync(sql, project, content.ImportId, target.Partitions, cancellation) is { } state)
                return state;
            progress.Report($"loading, {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s so far,", 1, 0, content.Rows.Rejected.Count);
            await Task.Delay(PollInterval, cancellation);
        }
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
