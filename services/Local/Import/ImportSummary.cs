using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import;

/// <summary>The lines that an import ends with. Every event of the file is in one of their numbers.</summary>
internal static class ImportSummary
{
    public static void Write(TextWriter output, FileContent content, ImportOutcome outcome, TimeSpan elapsed)
    {
        if (outcome.AlreadyThere)
            WriteAlreadyThere(output, content, outcome);
        else
        {
            output.WriteLine($"imported {outcome.State?.Events ?? outcome.Accepted:N0} events of {RecordsOf(content.Rows)} in {elapsed.TotalSeconds:0.0} s (import {outcome.ImportId})");
            if (outcome.State is { } state)
                output.WriteLine($"sessions   {state.Sessions:N0}");
            else
                output.WriteLine("sent; that collector does not say where its ClickHouse is, so the tables may still be filling, and events that were there already are not known here");
            WriteLate(output, outcome);
            WriteThereAlready(output, outcome);
            if (outcome.PassedOver > 0)
                output.WriteLine($"there      {outcome.PassedOver:N0} events are of streams of the export that were imported before; they were not sent again");
        }
        WriteDropped(output, content.Rows);
    }

    /// <summary>What the reader left out: duplicates within the file, and what was rejected.</summary>
    public static void WriteDropped(TextWriter output, RowSink rows)
    {
        if (rows.Duplicates > 0)
            output.WriteLine($"duplicates {rows.Duplicates:N0} {NounOf(rows)} with a message id that an earlier one of the file has");
        var rejected = rows.Rejected;
        if (!rejected.Any)
            return;
        output.WriteLine($"rejected   {rejected.Count:N0} {NounOf(rows)}");
        foreach (var (code, count, first) in rejected.ByCode)
        {
            var more = count > first.Count ? ", …" : "";
            output.WriteLine($"  {count,8:N0}  {code}: {Rejections.Meaning(code)}; {(first.Count == 1 ? "line" : "lines")} {string.Join(", ", first)}{more}");
        }
    }

    /// <summary>How many records the file has, with their noun.</summary>
    public static string RecordsOf(RowSink rows) => $"{rows.Records:N0} {NounOf(rows)}";

    private static string NounOf(RowSink rows) => rows.HasArrays ? "array elements" : "lines";

    private static void WriteAlreadyThere(TextWriter output, FileContent content, ImportOutcome outcome)
    {
        var state = outcome.State!;
        output.WriteLine($"already imported: {state.Events:N0} events, {state.Sessions:N0} sessions (import {outcome.ImportId}); nothing was changed");
        output.WriteLine(content.IsNamed
            ? "reason     an import of this name has ended and takes no more events, whatever the file holds"
            : "reason     the same content was imported before, and that import has ended: it takes no more events");
        output.WriteLine(outcome.PassedOver == state.Events + state.Late
            ? $"           all {outcome.PassedOver:N0} events that the file gives now were taken then, if it was read in the same way (--map, --time-unit)"
            : $"           the file gives {outcome.PassedOver:N0} events now and {state.Events + state.Late:N0} were taken then: it was read in another way (--map, --time-unit), or had duplicates");
        WriteLate(output, outcome);
        WriteThereAlready(output, outcome);
        output.WriteLine($"to import the file anew, take the import back first: import --undo {outcome.ImportId}");
        output.WriteLine(content.IsNamed
            ? "to import another file, give it a name of its own: --import-id NAME"
            : "to store the same content a second time beside it, name the import: --import-id NAME");
    }

    private static void WriteLate(TextWriter output, ImportOutcome outcome)
    {
        if (outcome.State is { Late: > 0 } state)
            output.WriteLine($"late       {state.Late:N0}, in the table late_events");
    }

    /// <summary>Events of the file that this import did not store, since they, or the import's end, came before.</summary>
    private static void WriteThereAlready(TextWriter output, ImportOutcome outcome)
    {
        if (outcome.Duplicates > 0)
        {
            output.WriteLine($"duplicates {outcome.Duplicates:N0} events were stored before under the same message id, by another import; each counts once");
            output.WriteLine("           to import them anew, take that import back first: import --undo ID; SELECT DISTINCT import_id FROM imports lists the ids");
        }
        if (outcome.AlreadyThere)
            return;
        if (outcome.Foreign > 0)
        {
            output.WriteLine($"foreign    {outcome.Foreign:N0} events are of an earlier run of this import, which was stopped and read the file in another way (--map, --time-unit)");
            output.WriteLine($"           to import the file anew, take the import back first: import --undo {outcome.ImportId}");
        }
        if (outcome.AfterEnd > 0)
        {
            output.WriteLine($"too late   {outcome.AfterEnd:N0} events came after the end of the same import, which an earlier run had sent; they are in the table late_events");
            output.WriteLine($"           to import the file anew, take the import back first: import --undo {outcome.ImportId}");
        }
    }
}
