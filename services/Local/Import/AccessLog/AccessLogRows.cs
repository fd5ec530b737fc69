using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Local.Configuration;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>Makes page views of the lines of an access log.</summary>
internal sealed class AccessLogRows : IDisposable
{
    private readonly VisitorPseudonym _visitor;
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private readonly Utf8JsonWriter _writer;
    private byte[] _request = new byte[1024];
    private byte[] _agent = new byte[1024];
    private byte[] _referrer = new byte[1024];
    private byte[] _text = [];

    public AccessLogRows(VisitorPseudonym visitor)
    {
        _visitor = visitor;
        _writer = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public void Read(LineReader lines, RowSink sink)
    {
        while (lines.Next(out var line, out var tooLong))
        {
            if (tooLong)
                sink.Reject(lines.Number, Rejection.LineTooLong);
            else if (!RowSink.IsBlank(line.Trim((byte)0)) && Take(line, lines.Number, sink) is { } why)
                sink.Reject(lines.Number, why);
        }
    }

    private Rejection? Take(ReadOnlySpan<byte> bytes, long number, RowSink sink)
    {
        var line = new AccessLogLine();
        if (line.Read(bytes) is { } why)
            return why;
        var request = QuotedField.Unescape(line.Request, ref _request);
        if (!RequestLine.TryRead(request, out var method, out var target, out var path))
            return Rejection.NoPage;
        Write(line, sink.Place, method, target, path);
        if (_json.WrittenCount > EventLimits.LargestEvent)
            return Rejection.EventTooLarge;
        sink.Accept(line.Time, number, _json.WrittenSpan);
        return null;
    }

    private void Write(in AccessLogLine line, long place, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> path)
    {
        var agent = QuotedField.Unescape(line.Agent, ref _agent);
        Span<byte> text = stackalloc byte[32];
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, "page"u8);
        Span<byte> address = stackalloc byte[LogAddress.LongestCanonical];
        _visitor.Write(LogAddress.Canonical(line.Address, address), agent, text);
        _writer.WriteString("anonymousId"u8, text[..VisitorPseudonym.Length]);
        _writer.WriteString("timestamp"u8, text[..ImportTime.Write(line.Time, text)]);
        _writer.WriteNumber("_place"u8, place);
        _writer.WriteStartObject("properties"u8);
        _writer.WriteString("status"u8, line.Status);
        _writer.WriteString("method"u8, method);
        WriteText("bytes"u8, line.Size);
        WriteText("host"u8, line.VirtualHost);
        _writer.WriteEndObject();
        _writer.WriteStartObject("context"u8);
        _writer.WriteStartObject("page"u8);
        WriteText("path"u8, path);
        var query = target.IndexOf((byte)'?');
        if (query >= 0)
            WriteText("search"u8, target[query..]);
        WriteText("referrer"u8, QuotedField.Unescape(line.Referrer, ref _referrer));
        _writer.WriteEndObject();
        WriteText("userAgent"u8, agent);
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        _writer.Flush();
    }

    public void Dispose() => _writer.Dispose();

    private void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
            _writer.WriteString(name, QuotedField.AsText(bytes, ref _text));
    }
}
