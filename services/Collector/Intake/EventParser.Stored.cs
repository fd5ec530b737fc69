using System.Text.Json;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Takes <c>_stored</c>: what an export says about an event that a collector has once taken and that cannot be sent like the rest, since it was made at the door: the
/// id of an event without a message id, its place in what first brought it, and what was kept of its user agent.
/// </summary>
internal sealed partial class EventParser
{
    private RejectCode Stored(scoped ref Utf8JsonReader json, ref RawEvent raw)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return Skip(ref json);
        var number = ++_objects;
        while (true)
        {
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            if (json.TokenType == JsonTokenType.EndObject)
                return RejectCode.None;
            var key = Text(ref json);
            if (key.IsEmpty || key.Length > limits.MaxKeyBytes)
                return RejectCode.BadKey;
            if (_keys.Full)
                return RejectCode.TooManyKeys;
            if (!_keys.Add(number, key))
                return RejectCode.DuplicateKey;
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            var code = StoredMember(ref json, key, ref raw.Stored);
            if (code != RejectCode.None)
                return code;
        }
    }

    private RejectCode StoredMember(scoped ref Utf8JsonReader json, scoped ReadOnlySpan<byte> key, ref StoredFields stored)
    {
        if (key.SequenceEqual("bot"u8))
            stored.Bot = json.TokenType == JsonTokenType.True;
        if (json.TokenType == JsonTokenType.Number && key.SequenceEqual("seq"u8) && json.TryGetInt32(out var seq) && seq >= 0)
            stored.Seq = seq;
        if (json.TokenType != JsonTokenType.String)
            return Skip(ref json, 2);
        var text = Text(ref json);
        if (text.Length > limits.MaxTextBytes)
            return RejectCode.TextTooLong;
        if (key.SequenceEqual("id"u8))
            stored.Id = text;
        else if (key.SequenceEqual("device"u8))
            stored.Device = text;
        else if (key.SequenceEqual("browser"u8))
            stored.Browser = text;
        else if (key.SequenceEqual("os"u8))
            stored.Os = text;
        return RejectCode.None;
    }
}
