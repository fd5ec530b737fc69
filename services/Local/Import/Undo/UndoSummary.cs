namespace Tidemark.Local.Import.Undo;

/// <summary>The lines that an undo ends with.</summary>
internal static class UndoSummary
{
    public static void Write(TextWriter output, UndoOutcome outcome)
    {
        var name = outcome.Imports.Count == 1 ? $"import {outcome.Imports[0]}" : $"{outcome.Imports.Count:N0} imports, the first of them {outcome.Imports[0]}";
        if (outcome.AlreadyUndone)
        {
            var before = outcome.Removed is { } rows ? $" ({rows.Events:N0} events, {rows.Sessions:N0} sessions)" : "";
            output.WriteLine($"already undone: {name}{before}; nothing was changed");
            return;
        }
        if (outcome.Removed is not { } removed)
        {
            output.WriteLine($"undone: {name}");
            output.WriteLine("that collector does not say where its ClickHouse is, so the tables may still have the rows for a moment; the view imports there says 'undone' when they are gone");
        }
        else
        {
            output.WriteLine($"undone: {removed.Events:N0} events and {removed.Sessions:N0} sessions removed ({name})");
            if (removed.Late > 0)
                output.WriteLine($"late       {removed.Late:N0}, removed from late_events");
            if (removed.Rejected > 0)
                output.WriteLine($"rejected   {removed.Rejected:N0}, removed from rejected_events");
        }
        if (!outcome.Ended)
            output.WriteLine("it had not ended: what is still sent of it does not count");
    }
}
