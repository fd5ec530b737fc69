using System.Text.Json;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>Flattens <c>properties</c> and <c>traits</c> into the map: nested objects with dots, numbers and booleans as their JSON text, arrays as JSON.</summary>
internal sealed partial class EventParser
{
    /// <summary>Longest flattened name: a path of the deepest nesting with ordinary names. Without it, names along a path would multiply.</summary>
    internal const int MaxPathBytes = 1024;

    private readonly byte[] _path = new byte[MaxPathBytes];
    private int _propertyCount;

    // Flattened names are the paths, which differ as long as no name has a dot itself and no property is called as the prefix of traits.
    private bool _namesMayMeet;

    private RejectCode Flatten(scoped ref Utf8JsonReader json, scoped ReadOnlySpan<byte> prefix, ref RawEvent raw)
    {
        if (json.TokenType == JsonTokenType.Null)
            return RejectCode.None;
        if (json.TokenType != JsonTokenType.StartObject)
            return EmptyArray(ref json);
        prefix.CopyTo(_path);
        return FlattenObject(ref json, prefix.Length, 1, prefix.IsEmpty, ref raw);
    }

    private RejectCode FlattenObject(scoped ref Utf8JsonReader json, int pathLength, int level, bool pageFields, ref RawEvent raw)
    {
        if (level > limits.MaxDepth)
            return RejectCode.TooDeep;
        var number = ++_objects;
        while (true)
        {
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            if (json.TokenType == JsonTokenType.EndObject)
                return RejectCode.None;
            var key = Text(ref json);
            if (key.IsEmpty || key.Length > limits.MaxKeyBytes || pathLength + key.Length >= MaxPathBytes)
                return RejectCode.BadKey;
            if (++_propertyCount > limits.MaxPropertyKeys || _keys.Full)
                return RejectCode.TooManyKeys;
            if (!_keys.Add(number, key))
                return RejectCode.DuplicateKey;
            _namesMayMeet |= key.Contains((byte)'.') || (pathLength == 0 && key.SequenceEqual("traits"u8));
            if (!Next(ref json))
                return RejectCode.EventTooLarge;
            var code = Property(ref json, key, pathLength, level, pageFields, ref raw);
            if (code != RejectCode.None)
                return code;
        }
    }

    private RejectCode Property(scoped ref Utf8JsonReader json, scoped ReadOnlySpan<byte> key, int pathLength, int level, bool pageFields, ref RawEvent raw)
    {
        var path = _path.AsSpan(0, pathLength);
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                var text = Text(ref json);
                if (text.Length > limits.MaxTextBytes)
                    return RejectCode.TextTooLong;
                if (!pageFields || !PageField(key, text, ref raw.Properties))
                    Properties.Add(path, key, text);
                return RejectCode.None;
            case JsonTokenType.Number:
                if (json.ValueSpan.Length > MaxNumberBytes)
                    return RejectCode.NumberTooLong;
                Properties.Add(path, key, json.ValueSpan);
                return RejectCode.None;
            case JsonTokenType.True or JsonTokenType.False:
                Properties.Add(path, key, json.ValueSpan);
                return RejectCode.None;
            case JsonTokenType.StartObject:
                key.CopyTo(_path.AsSpan(pathLength));
                _path[pathLength + key.Length] = (byte)'.';
                return FlattenObject(ref json, pathLength + key.Length + 1, level + 1, false, ref raw);
            case JsonTokenType.StartArray:
                return Array(ref json, path, key, level, raw.Json);
            default:
                return RejectCode.None;
        }
    }

    private RejectCode Array(scoped ref Utf8JsonReader json, scoped ReadOnlySpan<byte> path, scoped ReadOnlySpan<byte> key, int level, ReadOnlySpan<byte> body)
    {
        var start = (int)json.TokenStartIndex;
        var code = SkipContainer(ref json, level + 1);
        if (code == RejectCode.None)
            JsonText.MendEscapes(Properties.AddAndGet(path, key, body[start..(int)json.BytesConsumed]), ref _replaced);
        return code;
    }

    /// <summary>The members that say where the event happened; kept aside, since only the event's type decides whether they are its page.</summary>
    private static bool PageField(scoped ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, ref PageFields fields)
    {
        switch (key.Length)
        {
            case 3 when key.SequenceEqual("url"u8):
                fields.Url = text;
                return true;
            case 4 when key.SequenceEqual("path"u8):
                fields.Path = text;
                return true;
            case 5 when key.SequenceEqual("title"u8):
                fields.Title = text;
                return true;
            case 6 when key.SequenceEqual("search"u8):
                fields.Search = text;
                return true;
            case 8 when key.SequenceEqual("referrer"u8):
                fields.Referrer = text;
                return true;
            default:
                return false;
        }
    }
}
