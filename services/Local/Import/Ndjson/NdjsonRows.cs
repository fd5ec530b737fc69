using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>Makes events of the lines of an NDJSON file, or of the elements of a file that is one top-level array.</summary>
internal sealed class NdjsonRows
{
    private readonly JsonEvent _event;

    public NdjsonRows(FieldMap map, TimeUnit unit) => _event = new JsonEvent(unit, map.IsEmpty ? null : new JsonMapping(map));

    public void Read(Stream text, RowSink sink)
    {
        var first = new byte[4096];
        var read = text.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        var whole = new Prefixed(first.AsMemory(0, read), text);
        var start = first.AsSpan(0, read).TrimStart(" \t\r\n"u8);
        if (!start.IsEmpty && start[0] == '[')
            ReadArray(new JsonElements(whole), sink);
        else
            ReadLines(new LineReader(whole), sink);
    }

    private void ReadLines(LineReader lines, RowSink sink)
    {
        while (lines.Next(out var line, out var tooLong))
        {
            if (tooLong)
                sink.Reject(lines.Number, Rejection.LineTooLong);
            else if (!line.Trim(" \t\r"u8).IsEmpty)
                Take(line, lines.Number, sink);
        }
    }

    private void ReadArray(JsonElements elements, RowSink sink)
    {
        while (elements.Next(out var element, out var tooLong))
        {
            if (tooLong)
                sink.Reject(elements.Line, Rejection.LineTooLong);
            else
                Take(element, elements.Line, sink);
        }
    }

    private void Take(ReadOnlySpan<byte> json, long line, RowSink sink)
    {
        if (_event.Read(json, line, sink) is { } why)
            sink.Reject(line, why);
    }
}
