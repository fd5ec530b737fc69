using Tidemark.Local.Configuration;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Undo;

namespace Tidemark.Local.Commands;

/// <summary><c>import --undo</c>: takes an import back; returns when nothing of it can be queried any more.</summary>
internal static class ImportUndoCommand
{
    public static async Task<int> RunAsync(string undo, string? format, Uri? to, string key, LocalOptions options, CancellationToken cancellation)
    {
        if (to is null && !Directory.Exists(DataFolder.Log(options.Data)))
            throw new CommandFailedException($"nothing was ever imported into {Quoted.Text(options.Data)}: say where the data folder is with --data, or where the collector is with --to");
        using var progress = new ImportProgress(Console.Error, !Console.IsErrorRedirected);
        await using var target = to is null
            ? await ImportTarget.OnFolderAsync(options, Console.Error.WriteLine, cancellation)
            : await ImportTarget.AtAsync(to, options, cancellation);
        var run = new UndoRun(target, ReadyProject.Of(options.Collector, key), key, progress, TimeProvider.System);
        var outcome = await target.GuardAsync(running => run.RunAsync(undo, format, Path.Combine(options.Data, "tmp"), running), cancellation);
        progress.Dispose();
        UndoSummary.Write(Console.Out, outcome);
        return 0;
    }
}
