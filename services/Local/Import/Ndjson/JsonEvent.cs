using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>
/// One event of NDJSON: checks what the order of the import and the identity of its events depend on, and hands the object on as it stands, but for its time, which
/// takes the one form, and for its place in the file, which is its id where it has no message id. Everything else the collector checks.
/// </summary>
internal sealed class JsonEvent(TimeUnit unit, JsonMapping? mapping)
{
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private readonly byte[] _text = new byte[64 * 1024];

    private Member _anonymous, _user, _time, _message, _place, _stored;

    public Rejection? Read(ReadOnlySpan<byte> json, long line, RowSink sink)
    {
        if (!Utf8.IsValid(json))
            return Rejection.NotUtf8;
        // An element of an array may go over several lines; outside of strings a line end is a blank.
        if (json.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            var oneLine = json.ToArray();
            oneLine.AsSpan().Replace((byte)'\n', (byte)' ');
            oneLine.AsSpan().Replace((byte)'\r', (byte)' ');
            return ReadLine(oneLine, line, sink);
        }
        return ReadLine(json, line, sink);
    }

    private Rejection? ReadLine(ReadOnlySpan<byte> json, long line, RowSink sink)
    {
        if (mapping is not null)
        {
            if (mapping.Apply(json, out var mapped) is { } wrong)
                return wrong;
            json = mapped;
        }
        try
        {
            return Members(json) ?? Take(json, line, sink);
        }
        catch (JsonException)
        {
            return Rejection.NotJson;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half a character; two such ids must not become one.
            return Rejection.NotUtf8;
        }
    }

    /// <summary>Walks the members of the object and of nothing below it; throws on anything that is not one JSON object and no more.</summary>
    private Rejection? Members(ReadOnlySpan<byte> json)
    {
        _anonymous = _user = _time = _message = _place = _stored = default;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return Rejection.NotJson;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref var member = ref Known(ref reader);
            var nameAt = (int)reader.TokenStartIndex;
            reader.Read();
            var found = new Member(nameAt, (int)reader.TokenStartIndex, 0, reader.TokenType);
            reader.Skip();
            found = found with { End = (int)reader.BytesConsumed };
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref member))
                continue;
            if (member.Exists)
                return Rejection.DuplicateKey;
            member = found;
        }
        reader.Read();
        return null;
    }

    private ref Member Known(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("anonymousId"u8))
            return ref _anonymous;
        if (reader.ValueTextEquals("userId"u8))
            return ref _user;
        if (reader.ValueTextEquals("timestamp"u8))
            return ref _time;
        if (reader.ValueTextEquals("messageId"u8))
            return ref _message;
        if (reader.ValueTextEquals("_place"u8))
            return ref _place;
        if (reader.ValueTextEquals("_stored"u8))
            return ref _stored;
        return ref System.Runtime.CompilerServices.Unsafe.NullRef<Member>();
    }

    private Rejection? Take(ReadOnlySpan<byte> json, long line, RowSink sink)
    {
        if (!_anonymous.IsTextOrNull || !_user.IsTextOrNull || !_message.IsTextOrNull)
            return Rejection.WrongType;
        var anonymous = Text(json, _anonymous, out var anonymousTooLong);
        // Copied: the scratch is used again.
        Span<byte> visitor = stackalloc byte[512];
        var user = RowSink.IsBlank(anonymous) ? Text(json, _user, out anonymousTooLong) : anonymous;
        if (anonymousTooLong)
            return Rejection.EventTooLarge;
        if (RowSink.IsBlank(user))
            return Rejection.NoIdentity;
        var visitorLength = Math.Min(user.Length, visitor.Length);
        user[..visitorLength].CopyTo(visitor);
        if (Time(json, out var time) is { } why)
            return why;
        if (json.Length > EventLimits.LargestEvent)
            return Rejection.EventTooLarge;
        var message = Text(json, _message, out _);
        if (!RowSink.IsBlank(message) && !sink.IsFirst(visitor[..visitorLength], message))
            return null;
        Write(json, sink.Place, time);
        Span<byte> stream = stackalloc byte[StoredStream.LongestName];
        sink.Accept(time, line, _json.WrittenSpan, stream[..StoredStream.Read(json[_stored.Start.._stored.End], stream)]);
        return null;
    }

    private Rejection? Time(ReadOnlySpan<byte> json, out long time)
    {
        time = 0;
        return _time.Token switch
        {
            JsonTokenType.String => ImportTime.Read(Text(json, _time, out _), unit, out time),
            JsonTokenType.Number => ImportTime.Read(json[_time.Start.._time.End], unit, out time),
            JsonTokenType.None or JsonTokenType.Null => Rejection.NoTime,
            _ => Rejection.WrongType,
        };
    }

    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json, Member member, out bool tooLong)
    {
        tooLong = false;
        if (member.Token != JsonTokenType.String)
            return default;
        var raw = json[(member.Start + 1)..(member.End - 1)];
        if (!raw.Contains((byte)'\\'))
            return raw;
        tooLong = raw.Length > _text.Length;
        if (tooLong)
            return default;
        var reader = new Utf8JsonReader(json[member.Start..member.End]);
        reader.Read();
        return _text.AsSpan(0, reader.CopyString(_text));
    }

    private void Write(ReadOnlySpan<byte> json, long place, long time)
    {
        _json.ResetWrittenCount();
        Span<byte> text = stackalloc byte[32];
        _json.Write("{"u8);
        _json.Write("\"_place\":"u8);
        Utf8Formatter.TryFormat(place, text, out var digits);
        _json.Write(text[..digits]);
        _json.Write(","u8);
        var from = json.IndexOf((byte)'{') + 1;
        if (_place.Exists && _place.NameAt < _time.Start)
            from = Renamed(json, from);
        _json.Write(json[from.._time.Start]);
        _json.Write("\""u8);
        _json.Write(text[..ImportTime.Write(time, text)]);
        _json.Write("\""u8);
        from = _time.End;
        if (_place.Exists && _place.NameAt > _time.Start)
            from = Renamed(json, from);
        _json.Write(json[from..]);
    }

    // The member of that name is the importer's; the file's own is kept under a name that nobody reads.
    private int Renamed(ReadOnlySpan<byte> json, int from)
    {
        _json.Write(json[from.._place.NameAt]);
        _json.Write("\"_place_\":"u8);
        return _place.Start;
    }

    private readonly record struct Member(int NameAt, int Start, int End, JsonTokenType Token)
    {
        public bool Exists => Token != JsonTokenType.None;

        public bool IsTextOrNull => Token is JsonTokenType.None or JsonTokenType.Null or JsonTokenType.String;
    }
}
