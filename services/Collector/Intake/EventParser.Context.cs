using System.Text.Json;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Takes from <c>context</c> what the event keeps: the page, the campaign, the user agent, the application's version and the locale. Whatever else is there, or is
/// there in another type, is passed over: libraries put all sorts of things into it.
/// </summary>
internal sealed partial class EventParser
{
    private enum Part
    {
        Context,
        Page,
        Campaign,
        App,
    }

    private RejectCode Context(scoped ref Utf8JsonReader json, ref RawEvent raw) => json.TokenType switch
    {
        JsonTokenType.Null => RejectCode.None,
        JsonTokenType.StartObject => ContextObject(ref json, Part.Context, ref raw),
        _ => EmptyArray(ref json),
    };

    private RejectCode ContextObject(scoped ref Utf8JsonReader json, Part part, ref RawEvent raw)
    {
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
            var code = ContextMember(ref json, part, key, ref raw);
            if (code != RejectCode.None)
                return code;
        }
    }

    private RejectCode ContextMember(scoped ref Utf8JsonReader json, Part part, scoped ReadOnlySpan<byte> key, ref RawEvent raw)
    {
        if (json.TokenType == JsonTokenType.StartObject && part == Part.Context)
        {
            if (key.SequenceEqual("page"u8))
                return ContextObject(ref json, Part.Page, ref raw);
            if (key.SequenceEqual("campaign"u8))
                return ContextObject(ref json, Part.Campaign, ref raw);
            if (key.SequenceEqual("app"u8))
                return ContextObject(ref json, Part.App, ref raw);
        }
        if (json.TokenType != JsonTokenType.String)
            return Skip(ref json, part == Part.Context ? 2 : 3);
        var text = Text(ref json);
        if (text.Length > limits.MaxTextBytes)
            return RejectCode.TextTooLong;
        switch (part)
        {
            case Part.Page:
                PageField(key, text, ref raw.Page);
                break;
            case Part.Campaign:
                CampaignField(key, text, ref raw);
                break;
            case Part.App when key.SequenceEqual("version"u8):
                raw.AppVersion = text;
                break;
            case Part.Context when key.SequenceEqual("userAgent"u8):
                raw.UserAgent = text;
                break;
            case Part.Context when key.SequenceEqual("locale"u8):
                raw.Locale = text;
                break;
            default:
                break;
        }
        return RejectCode.None;
    }

    private static void CampaignField(scoped ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, ref RawEvent raw)
    {
        if (key.SequenceEqual("name"u8))
            raw.CampaignName = text;
        else if (key.SequenceEqual("source"u8))
            raw.CampaignSource = text;
        else if (key.SequenceEqual("medium"u8))
            raw.CampaignMedium = text;
        else if (key.SequenceEqual("term"u8))
            raw.CampaignTerm = text;
        else if (key.SequenceEqual("content"u8))
            raw.CampaignContent = text;
    }
}
