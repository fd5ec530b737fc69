using Spectre.Console;

namespace Tidemark.Local.Demo.Report;

/// <summary>Shows questions and answers: as framed tables on a terminal, else as plain aligned columns without escape sequences or line breaks inside a row.</summary>
internal sealed class ReportWriter(TextWriter output, bool isTerminal)
{
    private readonly IAnsiConsole? _terminal = isTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }) : null;

    public void Write(Question question, Answer answer)
    {
        if (_terminal is null)
            WritePlain(question, answer);
        else
            WriteFramed(_terminal, question, answer);
    }

    private void WriteFramed(IAnsiConsole terminal, Question question, Answer answer)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (name, isNumber) in answer.Columns)
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(name)}[/]"));
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }
        foreach (var row in answer.Rows)
            table.AddRow(row.Select(static cell => new Text(cell)));
        terminal.WriteLine();
        terminal.Write(new Markup($"[bold green]{Markup.Escape(question.Title)}[/]\n"));
        terminal.Write(table);
        // Not through the console, which would break the line, perhaps inside a text, and the query could not be typed again.
        output.WriteLine(question.Sql);
    }

    private void WritePlain(Question question, Answer answer)
    {
        var widths = answer.Columns.Select((c, i) => answer.Rows.Select(r => r[i].Length).Append(c.Name.Length).Max()).ToArray();
        output.WriteLine();
        output.WriteLine($"## {question.Title}");
        output.WriteLine(Line([.. answer.Columns.Select(static c => c.Name)]));
        output.WriteLine(string.Join("  ", widths.Select(static w => new string('-', w))));
        foreach (var row in answer.Rows)
            output.WriteLine(Line(row));
        output.WriteLine($"   {question.Sql}");

        string Line(string[] cells) =>
            string.Join("  ", cells.Select((cell, i) => answer.Columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
    }
}
