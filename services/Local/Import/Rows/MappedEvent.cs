using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidemark.Local.Import.Rows;

/// <summary>
/// One event from texts for its fields (CSV): decides its type, reads its time, and writes the JSON that the collector takes. A row with an event name is a track
/// event, one with a page and no event name a page view. Empty texts are absent.
/// </summary>
internal sealed class MappedEvent : IDisposable
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly ArrayBufferWriter<byte> _texts = new(1024);
    private readonly (int Start, int Length)[] _values;
    private readonly Place _root = new("");
    private readonly int _type, _event, _anonymous, _user, _time, _message, _page, _url;

    public MappedEvent(IReadOnlyList<string> fields)
    {
        _writer = new Utf8JsonWriter(_json, WriterOptions);
        _values = new (int, int)[fields.Count];
        int IndexOf(string field) => fields.ToList().IndexOf(field);
        (_type, _event, _anonymous, _user) = (IndexOf("type"), IndexOf("event"), IndexOf("anonymousId"), IndexOf("userId"));
        (_time, _message, _url) = (IndexOf("timestamp"), IndexOf("messageId"), IndexOf("url"));
        _page = Math.Max(IndexOf("page"), IndexOf("path"));
        for (var i = 0; i < fields.Count; i++)
        {
            if (i != _type && i != _time && i != _page && FieldMap.PlaceOf(fields[i]) is { Length: > 0 } place)
                _root.Add(place, i);
        }
        if (_page >= 0)
            _root.Add(FieldMap.PlaceOf("page"), _page);
    }

    public void Dispose() => _writer.Dispose();

    public void Clear() => _texts.ResetWrittenCount();

    public void Set(int field, ReadOnlySpan<byte> value)
    {
        _values[field] = (_texts.WrittenCount, value.Length);
        _texts.Write(value);
    }

    private ReadOnlySpan<byte> Value(int field) => field < 0 ? default : _texts.WrittenSpan.Slice(_values[field].Start, _values[field].Length);

    private bool Has(int field) => !RowSink.IsBlank(Value(field));

    // A stray line end: with it an id would be another visitor than without.
    private bool HasCarriageReturn(int field) => Value(field).Contains((byte)'\r');

    public Rejection? Finish(long line, TimeUnit unit, RowSink sink)
    {
        var visitor = Has(_anonymous) ? Value(_anonymous) : Value(_user);
        if (RowSink.IsBlank(visitor))
            return Rejection.NoIdentity;
        if (HasCarriageReturn(_anonymous) || HasCarriageReturn(_user) || HasCarriageReturn(_message))
            return Rejection.IdCarriageReturn;
        if (ImportTime.Read(Value(_time), unit, out var time) is { } why)
            return why;
        var type = Has(_type) ? Value(_type) : Has(_event) ? "track"u8 : Has(_page) || Has(_url) ? "page"u8 : default;
        if (type.IsEmpty)
            return Rejection.NoEvent;
        if (Has(_message) && !sink.IsFirst(visitor, Value(_message)))
            return null;
        Write(sink.Place, time, type);
        if (_json.WrittenCount > EventLimits.LargestEvent)
            return Rejection.EventTooLarge;
        sink.Accept(time, line, _json.WrittenSpan);
        return null;
    }

    private void Write(long place, long time, ReadOnlySpan<byte> type)
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, type);
        Span<byte> text = stackalloc byte[32];
        _writer.WriteString("timestamp"u8, text[..ImportTime.Write(time, text)]);
        _writer.WriteNumber("_place"u8, place);
        foreach (var child in _root.Children)
            Write(child);
        _writer.WriteEndObject();
        _writer.Flush();
    }

    private void Write(Place place)
    {
        if (place.Field >= 0)
        {
            var value = Value(place.Field);
            if (place.Field == _page)
            {
                // A path goes where the collector takes it as it stands; a column of whole addresses is read like any address of a page.
                value = PathOf(value);
            }
            if (place.IsId ? !RowSink.IsBlank(value) : !value.IsEmpty)
                _writer.WriteString(place.Name, value);
            return;
        }
        if (!AnyIn(place))
            return;
        _writer.WriteStartObject(place.Name);
        foreach (var child in place.Children)
            Write(child);
        _writer.WriteEndObject();
    }

    private bool AnyIn(Place place) => place.Field >= 0 ? !Value(place.Field).IsEmpty : place.Children.Exists(AnyIn);

    /// <summary>The path of a path or of an address, without query and fragment.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> page)
    {
        var scheme = page.IndexOf("://"u8);
        if (scheme > 0 && page[..scheme].IndexOfAnyExceptInRange((byte)'A', (byte)'z') < 0)
        {
            var rest = page[(scheme + 3)..];
            var slash = rest.IndexOfAny("/?#"u8);
            page = slash < 0 || rest[slash] != '/' ? "/"u8 : rest[slash..];
        }
        var end = page.IndexOfAny("?#"u8);
        return end < 0 ? page : page[..end];
    }

    /// <summary>A member of the event's JSON: a field's text, or an object of members.</summary>
    private sealed class Place(string name)
    {
        public JsonEncodedText Name { get; } = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

        public bool IsId { get; } = name is "anonymousId" or "userId" or "messageId";

        public List<Place> Children { get; } = [];

        public int Field { get; private set; } = -1;

        // properties.a.b is a property named "a.b"; only the known objects nest.
        public void Add(string path, int field)
        {
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            var nests = dot > 0 && path[..dot] is "properties" or "traits" or "context" or "page" or "campaign" or "app";
            var first = nests ? path[..dot] : path;
            var child = Children.Find(c => c.Name.Value == first);
            if (child is null)
                Children.Add(child = new Place(first));
            if (nests)
                child.Add(path[(dot + 1)..], field);
            else
                child.Field = field;
        }
    }
}
