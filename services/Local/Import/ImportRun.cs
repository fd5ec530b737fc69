using System.Diagnostics;
using Tidemark.Local.Import.Sending;
using Tidemark.Local.Import.Sorting;
using Tidemark.Local.Import.Undo;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import;

/// <summary>What came of an import, for its summary.</summary>
/// <param name="ImportId">Its id, that of its first stream.</param>
/// <param name="State">From ClickHouse; null when nobody could wait for it.</param>
/// <param name="Accepted">Events that the collector took.</param>
/// <param name="PassedOver">Events of streams that had been imported before and were not sent.</param>
/// <param name="AlreadyThere">True when all of it had been imported before and nothing was sent.</param>
internal sealed record ImportOutcome(string ImportId, ImportState? State, long Accepted, long PassedOver, bool AlreadyThere)
{
    /// <summary>Events of this import that the file does not give now: an earlier run, which was stopped, had read it in another way.</summary>
    public long Foreign => State is null ? 0 : Math.Max(0, State.Events + State.Late - Accepted - PassedOver);

    /// <summary>Events of the file that are neither in the table under this import nor late: every run sends all of them, so what an earlier run had sent is not among these.</summary>
    private long Missing => State is null ? 0 : Math.Max(0, Accepted + PassedOver - State.Events - State.Late);

    /// <summary>Those of which another import had sent a copy before.</summary>
    public long Duplicates => Math.Min(Missing, State?.Duplicates ?? 0);

    /// <summary>Those that came after the end of the import, which an earlier run had reached before it was stopped.</summary>
    public long AfterEnd => Missing - Duplicates;
}

/// <summary>Sends what was read of a file, ends the import, and waits until all of it can be queried.</summary>
internal sealed class ImportRun(ImportTarget target, string project, string key, ImportProgress progress, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(2);

    /// <summary>With less than this ClickHouse writes no part any more, and says so only in its log.</summary>
    private const long FullDiskBytes = 8 << 20;

    /// <summary>A merge may fill the disk for a moment.</summary>
    private static readonly TimeSpan FullDiskPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long the engine may be away while the tables fill: much longer than it takes to be started again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private KnownImports? _known;
    private string _project = project;
    private long _sent;

    public async Task<ImportOutcome> SendAsync(FileContent content, CancellationToken cancellation)
    {
        using var sql = target.Sql is { } server ? new SqlClient(server) : null;
        progress.Report("sending", 0, 0, content.Rows.Rejected.Count);
        // Fails when the collector does not take the key, whether or not there is anything to send.
        using (var imports = new ImportsClient(target.Collector, key, time))
            _known = await imports.ListAsync(cancellation);
        _project = _known?.Project ?? _project;
        var states = new ImportState?[content.Rows.Streams.Count];
        long accepted = 0;
        long passedOver = 0;
        var sentAny = false;
        using var events = content.Events.Sorted().GetEnumerator();
        for (var more = events.MoveNext(); more;)
        {
            var stream = events.Current.Stream;
            var id = content.Rows.Streams.ImportIdOf(stream, content.ImportId);
            states[stream] = sql is null ? null : await ImportState.TryReadAsync(sql, _project, id, GenerationOf(id), target.Partitions, cancellation);
            var its = OneStream(events, stream, ended => more = !ended);
            if (states[stream] is not null)
            {
                // Imported before: passed over.
                var count = its.LongCount();
                passedOver += count;
                _sent += count;
                continue;
            }
            sentAny = true;
            accepted += await SendAsync(id, its, content, cancellation);
        }
        if (sql is null)
            return new ImportOutcome(content.ImportId, null, accepted, passedOver, AlreadyThere: false);
        for (var stream = 0; stream < states.Length; stream++)
            states[stream] ??= await WaitAsync(sql, content.Rows.Streams.ImportIdOf(stream, content.ImportId), content, cancellation);
        return new ImportOutcome(content.ImportId, ImportState.Sum(states), accepted, passedOver, AlreadyThere: !sentAny);
    }

    /// <summary>The events of the stream that the enumerator stands on; afterwards it stands on the first of the next.</summary>
    private static IEnumerable<SortedEvent> OneStream(IEnumerator<SortedEvent> events, int stream, Action<bool> ended)
    {
        do
        {
            yield return events.Current;
            if (!events.MoveNext())
            {
                ended(true);
                yield break;
            }
        }
        while (events.Current.Stream == stream);
    }

    private async Task<long> SendAsync(string importId, IEnumerable<SortedEvent> events, FileContent content, CancellationToken cancellation)
    {
        using var client = new HistoryClient(target.Collector, key, importId, GenerationOf(importId), time);
        var sender = new ChunkSender(client, content.Rows.Rejected)
        {
            OnSent = count => progress.Report("sending", (double)(_sent += count) / content.Events.Count, _sent, content.Rows.Rejected.Count),
        };
        await sender.SendAsync(events, cancellation);
        await client.EndAsync(cancellation);
        return sender.Accepted;
    }

    private async Task<ImportState> WaitAsync(SqlClient sql, string importId, FileContent content, CancellationToken cancellation)
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
                await RefuseUndoneAsync(sql, importId, cancellation);
                if (await sql.TryRowsAsync("SELECT 1", cancellation) is not null)
                    answered = asked;
                else if (Stopwatch.GetElapsedTime(answered) > Patience)
                    throw new CommandFailedException(
                        $"everything was sent, but ClickHouse at {target.Sql!.Address} has not answered for {Patience.TotalSeconds:0} s: start what runs there again, then this import; it goes on where it stopped");
            }
            if (await ImportState.TryReadAsync(sql, _project, importId, GenerationOf(importId), target.Partitions, cancellation) is { } state)
                return state;
            progress.Report($"loading, {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s so far,", 1, 0, content.Rows.Rejected.Count);
            await Task.Delay(PollInterval, cancellation);
        }
    }

    /// <summary>How often an import was taken back; 0 where nobody knows of undos.</summary>
    private int GenerationOf(string importId) => _known?.ByName.GetValueOrDefault(importId)?.Generation ?? 0;

    private async Task RefuseUndoneAsync(SqlClient sql, string importId, CancellationToken cancellation)
    {
        if (await RemovedRows.TryReadAsync(sql, _project, importId, GenerationOf(importId), target.Partitions, cancellation) is { Share: >= 1 })
            throw new CommandFailedException($"import {importId} was undone while it was being loaded; start the import again to send all of it anew");
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
