using System.Text.Json;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;

namespace Tidemark.Local.Export;

/// <summary>
/// Writes the flattened properties so that flattening them gives the same ones. They are kept as texts; as such they go out, but where a text would be read as
/// something else: a page view's property <c>path</c> that was a number is not its page.
/// </summary>
internal static class EventProperties
{
    /// <summary>The collector's limit of one member's name; a longer one was a path into objects.</summary>
    public const int LongestName = 255;

    /// <summary>The collector's limit of a text; longer ones were arrays.</summary>
    private const int LongestText = 16 << 10;

    /// <summary>Members of the event itself that have no field of their own.</summary>
    public static void WriteOwn(JsonLine json, in EventFields e)
    {
        var properties = new AvroMapEnumerator(e.Properties);
        while (properties.MoveNext())
        {
            if (IsOwn(properties.Key, properties.Value) && IsFirst(e.Properties, properties.Key))
                json.Text(properties.Key, properties.Value);
        }
    }

    public static void Write(JsonLine json, in EventFields e, bool compact)
    {
        var tree = compact ? new PropertyTree() : null;
        var begun = json.Begin("properties"u8);
        var properties = new AvroMapEnumerator(e.Properties);
        while (properties.MoveNext())
        {
            var name = properties.Key;
            var value = properties.Value;
            // Of two properties of one name ("a.b", and "b" in "a") queries see the first.
            if (IsOwn(name, value) || !IsFirst(e.Properties, name))
                continue;
            var raw = MustBeRaw(in e, name, value) || IsArray(value) || (compact && IsLiteral(value));
            if (tree is null)
                Value(json, name, value, raw);
            else
                tree.Add(name, value, raw);
        }
        tree?.Write(json);
        json.End(begun);
    }

    internal static void Value(JsonLine json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool raw)
    {
        if (raw)
            json.Raw(name, value);
        else
            json.Text(name, value);
    }

    // An empty one can only be a property: the event's own are absent then.
    private static bool IsOwn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= LongestText && (name.SequenceEqual("groupId"u8) || name.SequenceEqual("previousId"u8) || name.SequenceEqual("category"u8));

    private static bool IsFirst(ReadOnlySpan<byte> map, ReadOnlySpan<byte> name)
    {
        var before = new AvroMapEnumerator(map);
        while (before.MoveNext() && !before.Key.Overlaps(name))
        {
            if (before.Key.SequenceEqual(name))
                return false;
        }
        return true;
    }

    /// <summary>Texts of these names say where the event happened: one that did not say so was no text.</summary>
    private static bool MustBeRaw(in EventFields e, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var isPage = e.Type is EventType.Page or EventType.Screen;
        if (name.SequenceEqual("search"u8))
            return isPage && IsLiteral(value);
        ReadOnlySpan<byte> field;
        if (name.SequenceEqual("path"u8))
        {
            field = e.Page;
            value = Cut(value);
        }
        else if (name.SequenceEqual("url"u8))
            field = e.Url;
        else if (name.SequenceEqual("title"u8))
            field = e.Title;
        else if (name.SequenceEqual("referrer"u8))
            field = e.Referrer;
        else
            return false;
        return (isPage || !field.SequenceEqual(value)) && IsLiteral(value);
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> path)
    {
        var end = path.IndexOfAny((byte)'?', (byte)'#');
        return end > 0 ? path[..end] : path;
    }

    private static bool IsArray(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '[' && (IsLiteral(value) && value.IndexOfAny((byte)'\n', (byte)'\r') < 0);

    /// <summary>A number, true, false or an array, as JSON has it.</summary>
    private static bool IsLiteral(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || (value[0] is not ((byte)'[' or (byte)'-' or (byte)'t' or (byte)'f') && !char.IsAsciiDigit((char)value[0])))
            return false;
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            reader.Skip();
            return reader.BytesConsumed == value.Length && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
