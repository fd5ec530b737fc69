using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import;

/// <summary>The lines that an import ends with.</summary>
internal static class ImportSummary
{
    public static void Write(TextWriter output, FileContent content, ImportOutcome outcome, TimeSpan elapsed)
    {
        var rows = content.Rows;
        if (outcome.AlreadyThere)
        {
            output.WriteLine($"already imported: {outcome.State!.Events:N0} events, {outcome.State.Sessions:N0} sessions (import {outcome.ImportId}); nothing was changed");
            output.WriteLine("to import the same content once more, name the import: --import-id NAME");
            WriteRejected(output, rows);
            return;
        }
        output.WriteLine($"imported {outcome.State?.Events ?? outcome.Accepted:N0} events of {rows.Records:N0} {RecordsOf(rows)} in {elapsed.TotalSeconds:0.0} s (import {outcome.ImportId})");
        if (outcome.State is { } state)
        {
            output.WriteLine($"sessions   {state.Sessions:N0}");
            if (state.Late > 0)
                output.WriteLine($"late       {state.Late:N0}, in the table late_events");
        }
        else
            output.WriteLine("sent; that collector does not say where its ClickHouse is, so the tables may still be filling");
        if (rows.Duplicates > 0)
            output.WriteLine($"duplicates {rows.Duplicates:N0} lines with a message id that an earlier line has");
        WriteRejected(output, rows);
    }

    private static string RecordsOf(RowSink rows) => rows.HasArrays ? "array elements" : "lines";

    public static void WriteRejected(TextWriter output, RowSink rows)
    {
        var rejected = rows.Rejected;
        if (!rejected.Any)
            return;
        output.WriteLine($"rejected   {rejected.Count:N0} {RecordsOf(rows)}");
        foreach (var (code, count, first) in rejected.ByCode)
        {
            var more = count > first.Count ? ", …" : "";
            output.WriteLine($"  {count,8:N0}  {code}: {Rejections.Meaning(code)}; {(first.Count == 1 ? "line" : "lines")} {string.Join(", ", first)}{more}");
        }
    }
}
