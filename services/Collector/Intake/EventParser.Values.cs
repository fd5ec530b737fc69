using System.Text;
using System.Text.Json;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>Single values: what counts as absent, and what is of the wrong type.</summary>
internal sealed partial class EventParser
{
    /// <summary>The text of a name or string token without escapes.</summary>
    private ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader json)
    {
        var value = json.ValueSpan;
        if (!json.ValueIsEscaped)
            return value;
        var target = _scratch.AsSpan(_scratchLength);
        var length = JsonText.Unescape(value, target, ref _replaced);
        _scratchLength += length;
        return target[..length];
    }

    /// <summary>A text of the event itself: null is absent, anything else but a string a mistake.</summary>
    private RejectCode Text(scoped ref Utf8JsonReader json, ref ReadOnlySpan<byte> target)
    {
        if (json.TokenType == JsonTokenType.Null)
            return RejectCode.None;
        if (json.TokenType != JsonTokenType.String)
            return RejectCode.Type;
        target = Text(ref json);
        return target.Length > limits.MaxTextBytes ? RejectCode.TextTooLong : RejectCode.None;
    }

    /// <summary>A text of the surroundings, which clients fill as they like: what is no string is left out.</summary>
    private RejectCode OptionalText(scoped ref Utf8JsonReader json, ref ReadOnlySpan<byte> target) =>
        json.TokenType == JsonTokenType.String ? Text(ref json, ref target) : Skip(ref json);

    /// <summary>Ids are kept byte for byte; null, empty and blank are no id.</summary>
    private RejectCode Id(scoped ref Utf8JsonReader json, ref ReadOnlySpan<byte> target)
    {
        if (json.TokenType == JsonTokenType.Null)
            return RejectCode.None;
        if (json.TokenType != JsonTokenType.String)
            return RejectCode.Type;
        var id = Text(ref json);
        if (id.Length > limits.MaxIdBytes)
            return RejectCode.IdTooLong;
        if (!IsBlank(id))
            target = id;
        return RejectCode.None;
    }

    /// <summary>Segment's libraries put it into every event. One that is no text is a key that nobody has; whether that matters is the door's business.</summary>
    private RejectCode WriteKey(scoped ref Utf8JsonReader json, ref RawEvent raw)
    {
        raw.HasWriteKey = json.TokenType != JsonTokenType.Null;
        if (json.TokenType != JsonTokenType.String)
            return Skip(ref json);
        raw.WriteKey = Text(ref json);
        return RejectCode.None;
    }

    /// <summary>Null is absent. Numbers are not taken: seconds and milliseconds cannot be told apart for certain.</summary>
    private RejectCode Time(scoped ref Utf8JsonReader json, ref bool has, ref ReadOnlySpan<byte> target)
    {
        if (json.TokenType == JsonTokenType.Null)
            return RejectCode.None;
        has = true;
        if (json.TokenType == JsonTokenType.String)
            target = Text(ref json);
        // Which of the times matters is not known here; one that is no string stays empty and so unreadable.
        return json.TokenType == JsonTokenType.String ? RejectCode.None : Skip(ref json);
    }

    /// <summary>Where an object is asked for: PHP writes an empty one as [], which is taken as such; anything else is of the wrong type.</summary>
    private RejectCode EmptyArray(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return RejectCode.Type;
        if (!Next(ref json))
            return RejectCode.EventTooLarge;
        return json.TokenType == JsonTokenType.EndArray ? RejectCode.None : RejectCode.Type;
    }

    /// <summary>Passes over a value, checking depth and numbers.</summary>
    private RejectCode Skip(ref Utf8JsonReader json, int level = 1)
    {
        if (json.TokenType == JsonTokenType.Number)
            return NumberCode(ref json);
        if (json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return RejectCode.None;
        return SkipContainer(ref json, level);
    }

    /// <summary>Passes over an object or array that is the <paramref name="level"/>th around its content.</summary>
    private RejectCode SkipContainer(ref Utf8JsonReader json, int level)
    {
        var outer = json.CurrentDepth - level;
        var depth = json.CurrentDepth;
        if (level > limits.MaxDepth)
            return RejectCode.TooDeep;
        while (true)
        {
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            switch (json.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray when json.CurrentDepth == depth:
                    return RejectCode.None;
                case JsonTokenType.StartObject or JsonTokenType.StartArray when json.CurrentDepth - outer > limits.MaxDepth:
                    return RejectCode.TooDeep;
                case JsonTokenType.Number when NumberCode(ref json) != RejectCode.None:
                    return RejectCode.NumberTooLong;
                default:
                    break;
            }
        }
    }

    private static RejectCode NumberCode(ref Utf8JsonReader json) => json.ValueSpan.Length > MaxNumberBytes ? RejectCode.NumberTooLong : RejectCode.None;

    /// <summary>The longest double takes 24; decimals of other languages up to 40.</summary>
    private const int MaxNumberBytes = 64;

    internal static bool IsBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] is > (byte)' ' and < 0x80)
                return false;
            Rune.DecodeFromUtf8(text, out var rune, out var length);
            if (!Rune.IsWhiteSpace(rune) && rune.Value > ' ')
                return false;
            text = text[length..];
        }
        return true;
    }
}
