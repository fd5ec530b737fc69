using System.Text.Unicode;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.Csv;

/// <summary>Makes events of the rows of a CSV file.</summary>
internal sealed class CsvRows(CsvHeader header, TimeUnit unit) : IDisposable
{
    /// <summary>How often one record may close a field and leave another one open at a line's end; a bound on the work that a broken quote costs.</summary>
    private const int MostReparses = 1000;

    private readonly CsvRecord _record = new(header.Delimiter);
    private readonly CsvRecord _probe = new(header.Delimiter);
    private readonly MappedEvent _event = new([.. header.Fields.Select(f => f.Field)]);

    public void Read(LineReader lines, RowSink sink)
    {
        while (lines.Next(out var line, out var tooLong))
        {
            if (tooLong)
                sink.Reject(lines.Number, Rejection.LineTooLong);
            else if (!RowSink.IsBlank(line) || (header.Columns == 1 && !line.IsEmpty))
                Row(lines, sink);
        }
    }

    public void Dispose() => _event.Dispose();

    private void Row(LineReader lines, RowSink sink)
    {
        var number = lines.Number;
        var parsed = _record.Parse(lines.Span);
        if (parsed == CsvParse.OpenQuote)
            parsed = FollowQuote(lines);
        if (parsed != CsvParse.Complete)
            sink.Reject(number, Rejection.UnclosedQuote);
        else if (_record.Count != header.Columns)
            sink.Reject(number, Rejection.FieldCount);
        else if (Build(lines.Span, number, sink) is { } why)
            sink.Reject(number, why);
    }

    /// <summary>
    /// Reads on until the quote closes. It never does when the file ends before, when what follows the closing quote is no delimiter, or when the record then has
    /// the wrong number of fields although a line that it swallowed has the right one: the reader then goes back, and the quote has cost its own line only.
    /// </summary>
    private CsvParse FollowQuote(LineReader lines)
    {
        var afterFirst = lines.Mark;
        var swallowedRow = false;
        var reparses = MostReparses;
        while (true)
        {
            var before = lines.Span.Length;
            if (!lines.LookAhead())
                break;
            var text = lines.Span;
            var added = text[before..];
            swallowedRow |= _probe.Parse(added.TrimStart("\r\n"u8)) == CsvParse.Complete && _probe.Count == header.Columns;
            // Only a quote that is not doubled closes the field: without one there is no need to look at everything from the start again.
            if (!HasSingleQuote(added))
                continue;
            var parsed = _record.Parse(text);
            if (parsed == CsvParse.OpenQuote && --reparses > 0)
                continue;
            if (parsed != CsvParse.Complete || (_record.Count != header.Columns && swallowedRow))
                break;
            return parsed;
        }
        lines.Return(afterFirst);
        return CsvParse.OpenQuote;
    }

    private static bool HasSingleQuote(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'"'); at >= 0; at = text.IndexOf((byte)'"'))
        {
            if (at + 1 == text.Length || text[at + 1] != '"')
                return true;
            text = text[(at + 2)..];
        }
        return false;
    }

    private Rejection? Build(ReadOnlySpan<byte> text, long number, RowSink sink)
    {
        _event.Clear();
        for (var i = 0; i < header.Fields.Count; i++)
        {
            var value = _record.Value(text, header.Fields[i].Column);
            if (!Utf8.IsValid(value))
                return Rejection.NotUtf8;
            _event.Set(i, value);
        }
        return _event.Finish(number, unit, sink);
    }
}
