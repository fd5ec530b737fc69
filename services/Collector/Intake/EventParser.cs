using System.Text.Json;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Walks the JSON of one event into a <see cref="RawEvent"/> and <see cref="Properties"/>, checking every limit on the way. Knows nothing of time, keys or lanes.
/// Grammar errors come as <see cref="JsonException"/>, everything else as a code. Kept and used for one event after another; allocates nothing per event.
/// </summary>
internal sealed partial class EventParser(CollectorOptions limits)
{
    // Unescaped texts of one event together are no longer than the event.
    private readonly byte[] _scratch = new byte[limits.MaxEventBytes];
    private readonly KeySet _keys = new();
    private int _scratchLength;
    private int _objects;
    private long _end;

    /// <summary>The flattened properties of the last event.</summary>
    internal PropertyMap Properties { get; } = new();

    /// <summary>NULs and half surrogate pairs replaced since the parser was made.</summary>
    internal int Replaced => _replaced;

    private int _replaced;

    /// <summary>
    /// <paramref name="json"/> stands on the event's first token. With <see cref="RejectCode.None"/> it stands on its last one afterwards, else somewhere in it.
    /// </summary>
    internal RejectCode Parse(scoped ref Utf8JsonReader json, ref RawEvent raw)
    {
        _scratchLength = 0;
        _objects = 0;
        _propertyCount = 0;
        _namesMayMeet = false;
        _keys.Clear();
        Properties.Clear();
        _end = json.TokenStartIndex + limits.MaxEventBytes;
        if (json.TokenType != JsonTokenType.StartObject)
            return RejectCode.NotObject;

        while (true)
        {
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            if (json.TokenType == JsonTokenType.EndObject)
                return _namesMayMeet && Properties.HasNameTwice(_keys) ? RejectCode.DuplicateKey : RejectCode.None;
            var key = Text(ref json);
            if (key.Length > limits.MaxKeyBytes || key.IsEmpty)
                return RejectCode.BadKey;
            if (_keys.Full)
                return RejectCode.TooManyKeys;
            if (!_keys.Add(0, key))
                return RejectCode.DuplicateKey;
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            var code = Member(key, ref json, ref raw);
            if (code != RejectCode.None)
                return code;
        }
    }

    private RejectCode Member(scoped ReadOnlySpan<byte> key, scoped ref Utf8JsonReader json, ref RawEvent raw)
    {
        switch (key.Length)
        {
            case 4 when key.SequenceEqual("type"u8):
                return Text(ref json, ref raw.Type);
            case 4 when key.SequenceEqual("name"u8):
                return Text(ref json, ref raw.Name);
            case 5 when key.SequenceEqual("event"u8):
                return Text(ref json, ref raw.Event);
            case 5 when key.SequenceEqual("batch"u8):
                // Segment's envelope. Taken for one event, it would be answered as a success and be lost with all that is in it.
                return RejectCode.Batch;
            case 6 when key.SequenceEqual("_place"u8):
                return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out raw.Place) ? RejectCode.None : Skip(ref json);
            case 6 when key.SequenceEqual("userId"u8):
                return Id(ref json, ref raw.UserId);
            case 6 when key.SequenceEqual("sentAt"u8):
                return Time(ref json, ref raw.HasSentAt, ref raw.SentAt);
            case 6 when key.SequenceEqual("traits"u8):
                return Flatten(ref json, "traits."u8, ref raw);
            case 7 when key.SequenceEqual("context"u8):
                return Context(ref json, ref raw);
            case 7 when key.SequenceEqual("_stored"u8):
                return Stored(ref json, ref raw);
            case 7 when key.SequenceEqual("groupId"u8):
                return OptionalText(ref json, ref raw.GroupId);
            case 8 when key.SequenceEqual("category"u8):
                return OptionalText(ref json, ref raw.Category);
            case 8 when key.SequenceEqual("writeKey"u8):
                return WriteKey(ref json, ref raw);
            case 9 when key.SequenceEqual("timestamp"u8):
                return Time(ref json, ref raw.HasTimestamp, ref raw.Timestamp);
            case 9 when key.SequenceEqual("messageId"u8):
                return Id(ref json, ref raw.MessageId);
            case 10 when key.SequenceEqual("properties"u8):
                return Flatten(ref json, default, ref raw);
            case 10 when key.SequenceEqual("previousId"u8):
                return OptionalText(ref json, ref raw.PreviousId);
            case 11 when key.SequenceEqual("anonymousId"u8):
                return Id(ref json, ref raw.AnonymousId);
            case 17 when key.SequenceEqual("originalTimestamp"u8):
                return Time(ref json, ref raw.HasOriginalTimestamp, ref raw.OriginalTimestamp);
            default:
                return Skip(ref json);
        }
    }

    /// <summary>Reads a token; false when the event has grown past its limit. Nothing of a token beyond the limit is copied.</summary>
    private bool Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.BytesConsumed <= _end;
    }
}
