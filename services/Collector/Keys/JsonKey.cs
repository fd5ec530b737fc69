using System.Text;
using System.Text.Json;

namespace Tidemark.Collector.Keys;

/// <summary>A write key that is a member of a JSON object, before or behind everything else in it.</summary>
internal static class JsonKey
{
    private static readonly JsonReaderOptions _grammar = new() { MaxDepth = int.MaxValue - 1 };

    /// <summary>Looks for the first of these members that the object has, null members left out.</summary>
    internal static BodyKey Member(params string[] names)
    {
        var members = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
        return (ReadOnlySpan<byte> body, Span<byte> key, out int length) => TryRead(body, members, key, out length);
    }

    /// <summary>
    /// False when the text is no object, is broken before one of the members, or has none of them. One that is no text, or does not fit, is there and has the length 0.
    /// </summary>
    private static bool TryRead(ReadOnlySpan<byte> text, byte[][] members, Span<byte> key, out int length)
    {
        length = 0;
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        var json = new Utf8JsonReader(text, true, new JsonReaderState(_grammar));
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var found = IsOneOf(ref json, members);
                json.Read();
                if (found && json.TokenType != JsonTokenType.Null)
                {
                    if (json.TokenType == JsonTokenType.String && json.ValueSpan.Length <= key.Length)
                        length = json.CopyString(key);
                    return true;
                }
                json.Skip();
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text of half surrogate pairs or wrong UTF-8.
        }
        return false;
    }

    private static bool IsOneOf(ref Utf8JsonReader json, byte[][] members)
    {
        foreach (var member in members)
        {
            if (json.ValueTextEquals(member))
                return true;
        }
        return false;
    }
}
