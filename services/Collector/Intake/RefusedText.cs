using System.Text.Json;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Contracts.Avro;

namespace Tidemark.Collector.Intake;

/// <summary>Looks into a refused event for the one thing that says whose it is; the event's own reading may have ended before it.</summary>
internal static class RefusedText
{
    private static readonly JsonReaderOptions _grammar = new() { MaxDepth = int.MaxValue - 1 };

    /// <summary>False when it is no object, is broken before a <c>writeKey</c>, or has none. One that is no text, or too long, is an empty key.</summary>
    internal static bool TryWriteKey(ReadOnlySpan<byte> text, Span<byte> target, out int length)
    {
        length = 0;
        var json = new Utf8JsonReader(text, true, new JsonReaderState(_grammar));
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var found = json.ValueTextEquals("writeKey"u8);
                json.Read();
                if (found && json.TokenType != JsonTokenType.Null)
                {
                    if (json.TokenType == JsonTokenType.String && json.ValueSpan.Length <= target.Length)
                        length = json.CopyString(target);
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

    /// <summary>The first field of an event in Avro, of any version.</summary>
    internal static bool TryProject(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name)
    {
        name = default;
        try
        {
            var reader = new AvroReader(message);
            reader.Skip(AvroWriter.HeaderLength);
            name = reader.Bytes();
        }
        catch (InvalidDataException)
        {
            return false;
        }
        return !name.IsEmpty;
    }
}
