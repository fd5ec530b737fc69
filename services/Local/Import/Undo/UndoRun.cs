using System.Diagnostics;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import.Undo;

/// <param name="Imports">The imports that the text meant.</param>
/// <param name="Removed">What was removed; null when nobody could wait for it.</param>
/// <param name="AlreadyUndone">True when all of them had been taken back before.</param>
/// <param name="Ended">False when one of them had not ended.</param>
internal sealed record UndoOutcome(IReadOnlyList<string> Imports, RemovedRows? Removed, bool AlreadyUndone, bool Ended);

/// <summary>Takes an import back and waits until nothing of it can be queried any more.</summary>
internal sealed class UndoRun(ImportTarget target, string project, string key, ImportProgress progress, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the engine may be away while rows are removed: much longer than it takes to be started again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private string _project = project;

    /// <param name="text">Name of an import, or a file.</param>
    /// <param name="format">What the file is; null: by its name.</param>
    /// <param name="temporaryFolder">For sorting.</param>
    /// <param name="cancellation">Ends the waiting; what was taken back stays so.</param>
    public async Task<UndoOutcome> RunAsync(string text, string? format, string temporaryFolder, CancellationToken cancellation)
    {
        using var imports = new ImportsClient(target.Collector, key, time);
        using var sql = target.Sql is { } server ? new SqlClient(server) : null;
        progress.Report("looking for the import", double.NaN, 0, -1);
        var known = await imports.ListAsync(cancellation) ?? throw new CommandFailedException($"the collector at {target.Collector} is of a version that cannot undo imports");
        var assumed = _project;
        _project = known.Project ?? assumed;
        var meant = await new UndoneName(text, known.ByName, sql, assumed, _project).FindAsync(format, temporaryFolder, cancellation);
        var undone = new List<(string Import, int Generation)>();
        var (any, ended) = (false, true);
        foreach (var import in meant)
        {
            var answer = import.IsUndone ? null : await imports.UndoAsync(import.Import, force: import.State == "unlisted", cancellation);
            any |= answer is not null;
            ended &= answer?.Ended ?? true;
            // Also of one that was taken back before: that command may have been stopped before its tables were done.
            undone.Add((import.Import, answer?.Generation ?? Math.Max(0, import.IsUndone ? import.Generation - 1 : import.Generation)));
        }
        var removed = sql is null ? null : await WaitAsync(sql, undone, cancellation);
        return new UndoOutcome([.. meant.Select(import => import.Import)], removed, !any, ended);
    }

    private async Task<RemovedRows> WaitAsync(SqlClient sql, List<(string Import, int Generation)> undone, CancellationToken cancellation)
    {
        var answered = Stopwatch.GetTimestamp();
        while (true)
        {
            var removed = new RemovedRows(1, 0, 0, 0, 0);
            foreach (var (import, generation) in undone)
            {
                if (await RemovedRows.TryReadAsync(sql, _project, import, generation, target.Partitions, cancellation) is { } rows)
                {
                    removed += rows;
                    answered = Stopwatch.GetTimestamp();
                }
                else
                {
                    removed += RemovedRows.None;
                }
            }
            if (removed.Share >= 1)
                return removed;
            if (Stopwatch.GetElapsedTime(answered) > Patience)
                throw new CommandFailedException(
                    $"the import is undone, but ClickHouse at {target.Sql!.Address} has not answered for {Patience.TotalSeconds:0} s: its rows are removed when it runs again");
            progress.Report("removing", removed.Share, 0, -1);
            await Task.Delay(PollInterval, cancellation);
        }
    }
}
