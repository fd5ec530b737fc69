using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Tidemark.Local.Configuration;
using Tidemark.Local.Export;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Commands;

/// <summary><c>export</c>: the accepted events, out of the tables, as a file that <c>import</c> takes, here or at a cluster.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> File = new("file")
    {
        Description = "The file to make; packed when its name ends in .gz. Default: standard output.",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Format = new("--format") { Description = "ndjson, which is the default and all there is.", HelpName = "FORMAT" };
    private static readonly Option<string?> From = new("--from") { Description = "Leave out events before this time, such as 2024-05-01 or 2024-05-01T08:00:00Z.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "Leave out events from this time on.", HelpName = "TIME" };

    private static readonly Option<string?> Project = new("--project") { Description = "Events of this project only. Default: all projects; a file is imported into one.", HelpName = "NAME" };

    public static Command Create()
    {
        var command = new Command(
            "export", "Export the accepted events out of the tables, of the data folder or of --clickhouse, whether or not a product runs there: NDJSON that import takes here and at a cluster.");
        command.Arguments.Add(File);
        foreach (var option in new Option[] { Format, From, To, Project })
            command.Options.Add(option);
        var common = CommonOptions.AddTo(command, OptionTable.Pipeline);
        command.SetAction((parsed, _) => CommandTree.RunAsync(cancellation => RunAsync(parsed, common, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CommonOptions common, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var options = common.Read(parsed);
        if (parsed.GetValue(Format) is { } format && ImportFormats.Parse(format, "") != ImportFormat.Ndjson)
            throw new CommandFailedException($"--format takes ndjson; {Quoted.Text(format)} can only be imported");
        var settings = new ExportSettings(
            ParseTime(parsed.GetValue(From), "--from", long.MinValue), ParseTime(parsed.GetValue(To), "--to", long.MaxValue), parsed.GetValue(Project));
        if (settings.From >= settings.To)
            throw new CommandFailedException("--from has to be before --to");
        using var progress = new ImportProgress(Console.Error, !Console.IsErrorRedirected);
        var path = parsed.GetValue(File);
        using var file = path is null or "-" ? null : new ExportFile(path);
        await using var output = file is null ? new StandardOutput() : null;
        var counts = await ExportSource.WriteAsync(
            options, settings, file?.Stream ?? output!, share => progress.Report("exporting", share, 0, -1), Console.Error.WriteLine, cancellation);
        var bytes = file?.Finish();
        progress.Dispose();
        Summarize(file is null ? Console.Error : Console.Out, counts, path, bytes, Stopwatch.GetElapsedTime(begun));
        return 0;
    }

    private static void Summarize(TextWriter output, ExportCounts counts, string? path, long? bytes, TimeSpan elapsed)
    {
        var where = bytes is { } size ? $" to {Quoted.Text(path!)} ({size:N0} bytes)" : "";
        output.WriteLine($"exported {counts.Events:N0} events{where} in {elapsed.TotalSeconds:0.0} s");
        if (counts.Outside > 0)
            output.WriteLine($"outside    {counts.Outside:N0} events are not of the time asked for");
        if (counts.Late > 0)
            output.WriteLine($"late       {counts.Late:N0}, left out: they are in the table late_events");
        if (counts.TooLong > 0)
            output.WriteLine($"too long   {counts.TooLong:N0} lines are longer than a collector takes; import will say which");
        if (counts.Projects.Count > 1)
            output.WriteLine($"projects   {string.Join(", ", counts.Projects)}: a file is imported into one project, so export each alone, with --project");
    }

    private static long ParseTime(string? text, string option, long absent)
    {
        if (text is null)
            return absent;
        return ImportTime.Read(Encoding.UTF8.GetBytes(text), TimeUnit.None, out var milliseconds) is null
            ? milliseconds
            : throw new CommandFailedException($"{option} takes a time such as 2024-05-01 or 2024-05-01T08:00:00Z; {Quoted.Text(text)} is not valid");
    }
}
