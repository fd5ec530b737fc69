using Spectre.Console;

namespace Tidemark.Local.Demo.Report;

/// <summary>
/// Shows questions and answers: as framed tables on a terminal, else as plain aligned columns without escape sequences. No row is broken: what is wider than the line is
/// shortened, then left out and named. The query below is one line, however long, to be typed again.
/// </summary>
internal sealed class ReportWriter(TextWriter output, bool isTerminal, int width = ColumnFit.UsualWidth)
{
    private readonly IAnsiConsole? _terminal = isTerminal ? Terminal(output, width) : null;

    private static IAnsiConsole Terminal(TextWriter output, int width)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        terminal.Profile.Width = width;
        return terminal;
    }

    public void Write(Question question, Answer answer)
    {
        if (_terminal is null)
            WritePlain(question, answer);
        else
            WriteFramed(_terminal, question, answer);
    }

    private void WriteFramed(IAnsiConsole terminal, Question question, Answer answer)
    {
        // "│ cell " for each, and one more "│".
        var fit = ColumnFit.Of(answer, width, 3, 1);
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < fit.Count; i++)
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(answer.Columns[i].Name)}[/]")) { Width = fit.Width(i), NoWrap = true };
            table.AddColumn(answer.Columns[i].IsNumber ? column.RightAligned() : column);
        }
        foreach (var row in answer.Rows)
            table.AddRow(fit.Cells(row).Select(static cell => new Text(cell)));
        terminal.WriteLine();
        terminal.Write(new Markup($"[bold green]{Markup.Escape(question.Title)}[/]\n"));
        terminal.Write(table);
        // Not through the console, which would break the line, perhaps inside a text, and the query could not be typed again.
        WriteFoot(question, fit, "");
    }

    private void WritePlain(Question question, Answer answer)
    {
        // Two blanks between them.
        var fit = ColumnFit.Of(answer, width, 2, -2);
        output.WriteLine();
        output.WriteLine($"## {question.Title}");
        output.WriteLine(Line([.. answer.Columns.Select(static c => c.Name)]));
        output.WriteLine(string.Join("  ", Enumerable.Range(0, fit.Count).Select(i => new string('-', fit.Width(i)))));
        foreach (var row in answer.Rows)
            output.WriteLine(Line(row));
        WriteFoot(question, fit, "   ");

        string Line(string[] row) =>
            string.Join("  ", fit.Cells(row).Select((cell, i) => answer.Columns[i].IsNumber ? cell.PadLeft(fit.Width(i)) : cell.PadRight(fit.Width(i)))).TrimEnd();
    }

    private void WriteFoot(Question question, ColumnFit fit, string indent)
    {
        output.WriteLine($"{indent}{question.Sql}");
        if (fit.Dropped.Count > 0)
            output.WriteLine($"{indent}(no room for {string.Join(", ", fit.Dropped)})");
    }
}
