using System.Text.Json;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>
/// Makes events of a file of JSON: one object a line, an array of objects a line, or one array over any number of lines. Each object is a record of its own, wherever
/// it stands.
/// </summary>
internal sealed class NdjsonRows
{
    // Depth is the collector's to limit, for each event by itself.
    private static readonly JsonReaderOptions Grammar = new() { MaxDepth = int.MaxValue - 1 };

    private readonly JsonEvent _event;

    public NdjsonRows(FieldMap map, TimeUnit unit) => _event = new JsonEvent(unit, map.IsEmpty ? null : new JsonMapping(map));

    public void Read(Stream text, RowSink sink)
    {
        // As much as the longest line: whether an array ends on its first line decides how the file is read.
        var first = new byte[LineReader.LongestLine];
        var read = text.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        var whole = new Prefixed(first.AsMemory(0, read), text);
        var start = first.AsSpan(0, read).TrimStart(" \t\r\n"u8);
        if (!start.IsEmpty && start[0] == '[' && !HasArrayPerLine(start))
            ReadArray(new JsonElements(whole), sink);
        else
            ReadLines(new LineReader(whole), sink);
    }

    /// <summary>An array that ends on its first line, with more behind it: then a line that is cut or broken costs itself only.</summary>
    private static bool HasArrayPerLine(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf((byte)'\n');
        return end >= 0 && IsArray(start[..end]) && !start[end..].Trim(" \t\r\n"u8).IsEmpty;
    }

    private void ReadLines(LineReader lines, RowSink sink)
    {
        while (lines.Next(out var line, out var tooLong))
        {
            var text = line.Trim(" \t\r"u8);
            if (tooLong)
                sink.Reject(lines.Number, Rejection.LineTooLong);
            else if (!text.IsEmpty && text[0] == '[')
                TakeArray(text, lines.Number, sink);
            else if (!text.IsEmpty)
                Take(line, lines.Number, sink);
        }
    }

    private void TakeArray(ReadOnlySpan<byte> array, long line, RowSink sink)
    {
        // All of it or nothing: what stands in front of a broken place may be only a part of what was meant.
        if (!IsArray(array))
        {
            sink.Reject(line, Rejection.NotJson);
            return;
        }
        sink.HasArrays = true;
        var reader = new Utf8JsonReader(array, Grammar);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var from = (int)reader.TokenStartIndex;
            reader.Skip();
            Take(array[from..(int)reader.BytesConsumed], line, sink);
        }
    }

    private static bool IsArray(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Grammar);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return false;
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void ReadArray(JsonElements elements, RowSink sink)
    {
        sink.HasArrays = true;
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
