using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidemark.Local.Demo.Traffic;

/// <summary>Writes steps as the JSON that a browser library would send.</summary>
/// <param name="run">Starts every message id, so that the same seed on the same folder is other events, not duplicates.</param>
internal sealed class EventWriter(string run)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long _written;

    public ShopEvent Write(Shopper shopper, Step step, DateTimeOffset at)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", step.Type);
            if (step.Name.Length > 0)
                json.WriteString("event", step.Name);
            json.WriteString("messageId", $"{run}-{_written++}");
            json.WriteString("anonymousId", shopper.AnonymousId);
            if (shopper.LoggedIn)
                json.WriteString("userId", shopper.AccountId);
            json.WriteString("timestamp", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            WriteContext(json, shopper, step);
            WriteProperties(json, step);
            json.WriteEndObject();
        }
        return new ShopEvent(at, shopper.AnonymousId, step.Name, step.Page.Path, _buffer.WrittenSpan.ToArray());
    }

    private static void WriteContext(Utf8JsonWriter json, Shopper shopper, Step step)
    {
        json.WriteStartObject("context");
        json.WriteString("userAgent", shopper.UserAgent);
        json.WriteString("locale", shopper.Locale);
        json.WriteStartObject("page");
        json.WriteString("url", step.Source is { Campaign.Length: > 0 } from ? $"{Shop.Origin}{step.Page.Path}?{from.Campaign}" : Shop.Origin + step.Page.Path);
        json.WriteString("path", step.Page.Path);
        json.WriteString("title", step.Page.Title);
        if (step.Source is { Referrer.Length: > 0 } source)
            json.WriteString("referrer", source.Referrer);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, Step step)
    {
        if (step.Properties.Count == 0)
            return;
        json.WriteStartObject(step.Type == "identify" ? "traits" : "properties");
        foreach (var (name, value) in step.Properties)
        {
            json.WritePropertyName(name);
            switch (value)
            {
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case decimal amount:
                    json.WriteNumberValue(amount);
                    break;
                default:
                    json.WriteStringValue((string)value);
                    break;
            }
        }
        json.WriteEndObject();
    }
}
