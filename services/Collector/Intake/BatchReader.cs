using System.Text.Json;
using System.Text.Unicode;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Refusals;
using Tidemark.EventLog;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Reads a body into an append. Its first bytes decide what it is: '[' is an array, which is taken as a whole or, when its grammar is broken anywhere, not at all;
/// everything else is one event per line, each judged by itself; a single object may stretch over several lines. A message of the intake topic may also be one event in Avro.
/// Used by one request at a time, then by another.
/// </summary>
internal sealed class BatchReader(CollectorOptions options, Random ids)
{
    // Depth is limited per event, with a code of its own; the reader itself only has to get past it.
    private static readonly JsonReaderOptions _grammar = new() { MaxDepth = int.MaxValue - 1 };

    private static readonly JsonReaderState _start = new(_grammar);

    private readonly EventParser _parser = new(options);
    private readonly EventAssembler _assembler = new(options, ids);
    private readonly List<Rejection> _rejections = [];
    private AvroEventParser? _avro;
    private bool _allUtf8;
    private int _index;

    internal int Accepted { get; private set; }

    internal IReadOnlyList<Rejection> Rejections => _rejections;

    internal int Replaced => _parser.Replaced + (_avro?.Replaced ?? 0);

    internal int Skewed => _assembler.Skewed;

    /// <summary>With a code, the request is refused and <paramref name="target"/> is to be thrown away.</summary>
    internal RejectCode Read(ReadOnlySpan<byte> body, EventSource source, AppendRequest target)
    {
        Accepted = 0;
        _index = 0;
        _rejections.Clear();
        if (source.Message is not null && AvroEventParser.IsAvro(body))
            return ReadAvro(body, source, target);
        _allUtf8 = Utf8.IsValid(body);
        var start = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (start < body.Length && body[start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start++;
        if (start == body.Length)
            return RejectCode.EmptyBody;
        return body[start] == '[' ? ReadArray(body, start, source, target) : ReadLines(body, start, source, target);
    }

    private RejectCode ReadAvro(ReadOnlySpan<byte> body, EventSource source, AppendRequest target)
    {
        _avro ??= new AvroEventParser(options);
        var raw = default(RawEvent);
        var code = _avro.Parse(body, ref raw);
        if (code == RejectCode.None)
            code = _assembler.Append(raw, _avro.Properties, 0, source, target);
        if (code == RejectCode.None)
            Accepted++;
        else
            _rejections.Add(new Rejection(0, code, 0, body.Length));
        return RejectCode.None;
    }

    private RejectCode ReadArray(ReadOnlySpan<byte> body, int start, EventSource source, AppendRequest target)
    {
        var array = body[start..];
        var json = new Utf8JsonReader(array, true, _start);
        try
        {
            json.Read();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (_index == options.MaxEventsPerRequest)
                    return RejectCode.TooManyEvents;
                ReadElement(array, ref json, start, source, target);
                _index++;
            }
            // Past the end there may be white space only, which this checks.
            json.Read();
        }
        catch (JsonException)
        {
            return RejectCode.Json;
        }
        return _index == 0 ? RejectCode.EmptyBatch : OnlyBatches ? RejectCode.Batch : RejectCode.None;
    }

    private void ReadElement(ReadOnlySpan<byte> array, ref Utf8JsonReader json, int offset, EventSource source, AppendRequest target)
    {
        var from = (int)json.TokenStartIndex;
        var raw = new RawEvent { Json = array };
        var code = _parser.Parse(ref json, ref raw);
        if (code != RejectCode.None)
            SkipToEnd(ref json);
        var length = (int)json.BytesConsumed - from;
        if (length > options.MaxEventBytes && code != RejectCode.Batch)
            code = RejectCode.EventTooLarge;
        Conclude(code, array.Slice(from, length), offset + from, raw, source, target);
    }

    /// <summary>From anywhere inside an element of the array to its last token.</summary>
    private static void SkipToEnd(ref Utf8JsonReader json)
    {
        while (json.CurrentDepth > 1 || json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName)
            json.Read();
    }

    private RejectCode ReadLines(ReadOnlySpan<byte> body, int start, EventSource source, AppendRequest target)
    {
        var firstSeen = false;
        for (var at = start; at < body.Length;)
        {
            var end = body[at..].IndexOf((byte)'\n');
            var line = end < 0 ? body[at..] : body.Slice(at, end);
            var from = at;
            at += end < 0 ? line.Length : end + 1;
            Trim(ref line, ref from);
            if (line.IsEmpty)
                continue;
            if (_index == options.MaxEventsPerRequest)
                return RejectCode.TooManyEvents;
            var code = ReadLine(line, from, source, target);
            if (code == RejectCode.Json && !firstSeen && TryWhole(body[from..], from, source, target))
                return OnlyBatches ? RejectCode.Batch : RejectCode.None;
            firstSeen = true;
            if (code != RejectCode.None)
                _rejections.Add(new Rejection(_index, code, from, line.Length));
            _index++;
        }
        return Accepted == 0 && _rejections.TrueForAll(static r => r.Code is RejectCode.Json or RejectCode.NotObject or RejectCode.Batch) ? _rejections[0].Code : RejectCode.None;
    }

    /// <summary>Whether there is nothing but batches: then the whole request is for another path.</summary>
    private bool OnlyBatches => Accepted == 0 && _rejections.TrueForAll(static r => r.Code == RejectCode.Batch);

    /// <summary>One object over several lines. It is tried once, for the first line, so the time stays linear.</summary>
    private bool TryWhole(ReadOnlySpan<byte> rest, int from, EventSource source, AppendRequest target)
    {
        Trim(ref rest, ref from);
        if (rest[0] != '{')
            return false;
        var code = ReadLine(rest, from, source, target);
        if (code == RejectCode.Json)
            return false;
        if (code != RejectCode.None)
            _rejections.Add(new Rejection(0, code, from, rest.Length));
        return true;
    }

    /// <summary>What is wrong with a text that is too long for an event: a batch mostly is.</summary>
    private static RejectCode TooLong(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text, true, _start);
        var code = RejectCode.EventTooLarge;
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("batch"u8))
                    code = RejectCode.Batch;
            }
            return code;
        }
        catch (JsonException)
        {
            return RejectCode.Json;
        }
    }

    private RejectCode ReadLine(ReadOnlySpan<byte> line, int from, EventSource source, AppendRequest target)
    {
        if (line.Length > options.MaxEventBytes)
            return TooLong(line);
        var json = new Utf8JsonReader(line, true, _start);
        var raw = new RawEvent { Json = line };
        RejectCode code;
        try
        {
            json.Read();
            code = _parser.Parse(ref json, ref raw);
            // The rest of the line has to be JSON too, and nothing may follow the object.
            while (json.Read())
            {
            }
        }
        catch (JsonException)
        {
            return RejectCode.Json;
        }
        return code != RejectCode.None ? code : Take(line, raw, source, target);
    }

    private void Conclude(RejectCode code, ReadOnlySpan<byte> text, int from, in RawEvent raw, EventSource source, AppendRequest target)
    {
        if (code == RejectCode.None)
            code = Take(text, raw, source, target);
        if (code != RejectCode.None)
            _rejections.Add(new Rejection(_index, code, from, text.Length));
    }

    private RejectCode Take(ReadOnlySpan<byte> text, in RawEvent raw, EventSource source, AppendRequest target)
    {
        if (!_allUtf8 && !Utf8.IsValid(text))
            return RejectCode.Utf8;
        var code = _assembler.Append(raw, _parser.Properties, _index, source, target);
        if (code == RejectCode.None)
            Accepted++;
        return code;
    }

    private static void Trim(ref ReadOnlySpan<byte> line, ref int from)
    {
        while (!line.IsEmpty && line[0] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            line = line[1..];
            from++;
        }
        line = line.TrimEnd(" \t\r\n"u8);
    }
}
