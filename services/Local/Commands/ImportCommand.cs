using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Tidemark.Local.Configuration;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Commands;

/// <summary><c>import</c>: a file of events into the history lane; returns when all of it can be queried.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string?> File = new("file") { Description = "The file, or - for standard input; gzip is unpacked by itself.", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Format = new("--format") { Description = "ndjson, csv or access-log. Default by the name's ending.", HelpName = "FORMAT" };
    private static readonly Option<string[]> Map = new("--map") { Description = "Where the event's fields come from: anonymousId=client_id,event=action,timestamp=time,properties.plan=plan. For NDJSON a path into the object.", HelpName = "FIELD=COLUMN,…" };
    private static readonly Option<string?> Delimiter = new("--delimiter") { Description = "Delimiter of CSV: one character, or tab. Default from the header line.", HelpName = "CHAR" };
    private static readonly Option<string?> Unit = new("--time-unit") { Description = "Unit of times that are numbers: s, ms or us. Without it a number is no time.", HelpName = "UNIT" };
    private static readonly Option<string?> ImportId = new("--import-id") { Description = "Name of the import: the same name again changes nothing. Default a hash of project and content.", HelpName = "ID" };
    private static readonly Option<string?> Undo = new("--undo") { Description = "Take an import back instead: its events and sessions are removed, and a corrected import under the same name counts fully. The name of the import, or the file whose content was imported.", HelpName = "ID|FILE" };
    private static readonly Option<string?> To = new("--to") { Description = "Address of a running collector, such as http://127.0.0.1:8080. Default: what runs on the data folder, else own services.", HelpName = "URL" };
    private static readonly Option<string?> Key = new("--key") { Description = "Write key of the project that the events go to. Default: the one of the project local.", HelpName = "KEY" };

    private static readonly Option<bool> DryRunOnly = new("--dry-run") { Description = "Read the file, show what its first records become and what would be rejected; store nothing, start nothing." };

    public static Command Create()
    {
        var command = new Command("import", "Import a file of events: NDJSON, CSV, or a web server's access log.");
        command.Arguments.Add(File);
        foreach (var option in new Option[] { Format, Map, Delimiter, Unit, ImportId, Undo, To, Key, DryRunOnly })
            command.Options.Add(option);
        var common = CommonOptions.AddTo(command, [.. OptionTable.Pipeline, OptionTable.Find("visitor-key-file")!]);
        command.SetAction((parsed, _) => CommandTree.RunAsync(cancellation => RunAsync(parsed, common, cancellation)));
        return command;
    }

    private static ImportSettings Settings(ParseResult parsed)
    {
        var file = parsed.GetValue(File) ?? throw new CommandFailedException("say which file to import, or what to take back with --undo");
        return new ImportSettings
        {
            File = file,
            Format = ImportFormats.Parse(parsed.GetValue(Format), file),
            Map = FieldMap.Parse(parsed.GetValue(Map) ?? []),
            Delimiter = ParseDelimiter(parsed.GetValue(Delimiter)),
            Unit = ParseUnit(parsed.GetValue(Unit)),
            ImportId = CheckImportId(parsed.GetValue(ImportId)),
        };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CommonOptions common, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var options = common.Read(parsed);
        if (parsed.GetValue(Undo) is { } undo)
            return await UndoAsync(undo, parsed, options, cancellation);
        var settings = Settings(parsed);
        var key = KeyOf(parsed, options);
        var project = ReadyProject.Of(options.Collector, key);
        using var progress = new ImportProgress(Console.Error, !Console.IsErrorRedirected);
        if (parsed.GetValue(DryRunOnly))
        {
            using var shown = Read(settings, project, Path.GetTempPath(), () => ExistingVisitorKey(options), progress, cancellation);
            progress.Dispose();
            DryRun.Write(Console.Out, shown, project, TimeProvider.System, Random.Shared);
            return 0;
        }
        FileContent ReadFor(string? targetData) => Read(settings, project, Path.Combine(options.Data, "tmp"), () => VisitorKey(options, targetData), progress, cancellation);
        if (parsed.GetValue(To) is { } url)
        {
            await using var remote = await ImportTarget.AtAsync(Addresses.Parse(url, "--to"), options, cancellation);
            using var remoteContent = ReadFor(remote.Data);
            return await SendAsync(remote, remoteContent, project, key, progress, begun, cancellation);
        }
        // So that the folder can be asked also when the file turns out to hold nothing.
        DataFolder.Prepare(options.Data);
        // The file first: one that is refused starts nothing.
        using var content = ReadFor(null);
        if (content.Events.Count == 0)
            return NothingToDo(content, progress);
        await using var target = await ImportTarget.OnFolderAsync(options, Console.Error.WriteLine, cancellation);
        return await SendAsync(target, content, project, key, progress, begun, cancellation);
    }

    private static string KeyOf(ParseResult parsed, LocalOptions options) => parsed.GetValue(Key) ?? ReadyProject.KeyOf(options.Collector) ?? ReadyProject.Key;

    private static Task<int> UndoAsync(string undo, ParseResult parsed, LocalOptions options, CancellationToken cancellation)
    {
        if (parsed.GetValue(File) is not null || new Option[] { Map, Delimiter, Unit, ImportId, DryRunOnly }.Any(option => parsed.GetResult(option) is { Implicit: false }))
            throw new CommandFailedException("--undo imports nothing: with it go --format (of the file that was imported), --to, --key and --data only");
        var to = parsed.GetValue(To) is { } url ? Addresses.Parse(url, "--to") : null;
        return ImportUndoCommand.RunAsync(undo, parsed.GetValue(Format), to, KeyOf(parsed, options), options, cancellation);
    }

    private static FileContent Read(ImportSettings settings, string project, string temporaryFolder, Func<byte[]> visitorKey, ImportProgress progress, CancellationToken cancellation)
    {
        var reading = new FileReading(settings, project, temporaryFolder, visitorKey)
        {
            OnProgress = (share, rejected) => progress.Report("reading", share, 0, rejected),
        };
        return reading.Read(cancellation);
    }

    private static async Task<int> SendAsync(
        ImportTarget target, FileContent content, string project, string key, ImportProgress progress, long begun, CancellationToken cancellation)
    {
        if (content.Events.Count == 0)
            return NothingToDo(content, progress);
        var run = new ImportRun(target, project, key, progress, TimeProvider.System);
        var outcome = await target.GuardAsync(running => run.SendAsync(content, running), cancellation);
        progress.Dispose();
        ImportSummary.Write(Console.Out, content, outcome, Stopwatch.GetElapsedTime(begun));
        if (outcome.AlreadyThere || outcome.Accepted > 0)
            return 0;
        await Console.Error.WriteLineAsync("the collector refused every event of the file");
        return 1;
    }

    private static int NothingToDo(FileContent content, ImportProgress progress)
    {
        progress.Dispose();
        Console.Out.WriteLine("nothing to import: the file holds no events");
        ImportSummary.WriteDropped(Console.Out, content.Rows);
        return 0;
    }

    /// <summary>The key that makes visitors of addresses: given, or that of the data folder the events go to.</summary>
    private static byte[] VisitorKey(LocalOptions options, string? targetData)
    {
        return VisitorPseudonym.Parse(options.VisitorKey) ?? VisitorPseudonym.KeyOf(targetData is not null && Directory.Exists(targetData) ? targetData : options.Data);
    }

    /// <summary>The same without making one: where the folder has none yet, the visitors shown have ids of a key that nobody keeps.</summary>
    private static byte[] ExistingVisitorKey(LocalOptions options) =>
        options.VisitorKey.Length > 0 || VisitorPseudonym.HasKey(options.Data)
            ? VisitorKey(options, null)
            : RandomNumberGenerator.GetBytes(VisitorPseudonym.KeyBytes);

    private static byte? ParseDelimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" or "\t" => (byte)'\t',
        "comma" => (byte)',',
        "semicolon" => (byte)';',
        [var one] when one is > ' ' and < '\x7f' and not '"' && !char.IsAsciiLetterOrDigit(one) => (byte)one,
        _ => throw new CommandFailedException($"--delimiter takes one character such as ; or the word tab; {Quoted.Text(text)} is not that"),
    };

    private static TimeUnit ParseUnit(string? text) => text switch
    {
        null => TimeUnit.None,
        "s" => TimeUnit.Seconds,
        "ms" => TimeUnit.Milliseconds,
        "us" or "µs" => TimeUnit.Microseconds,
        _ => throw new CommandFailedException($"--time-unit takes s, ms or us; {Quoted.Text(text)} is not valid"),
    };

    private static string? CheckImportId(string? text) =>
        text is null || (text.Length is >= 1 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            ? text
            : throw new CommandFailedException($"--import-id takes 1 to 64 of A-Z, a-z, 0-9, '_', '.' and '-'; {Quoted.Text(text)} is not that");
}
