using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>Reads the call's type and says what it counts as.</summary>
internal static class CallType
{
    /// <summary>The names, in lower case, by which products report errors as ordinary track events.</summary>
    private static readonly byte[][] _errorNames =
    [
        "error"u8.ToArray(), "exception"u8.ToArray(), "$exception"u8.ToArray(), "javascript error"u8.ToArray(), "application error"u8.ToArray(), "error occurred"u8.ToArray(),
    ];

    /// <summary>Without a type, an event with a name is a track, one that only says where it was a page.</summary>
    internal static RejectCode Read(in RawEvent raw, out EventType type)
    {
        if (raw.Type.IsEmpty)
        {
            type = raw.Event.IsEmpty && (HasPage(raw.Properties) || HasPage(raw.Page)) ? EventType.Page : EventType.Track;
            return type == EventType.Track && raw.Event.IsEmpty ? RejectCode.NoEvent : RejectCode.None;
        }
        if (!TryParse(raw.Type, out type))
            return RejectCode.UnknownType;
        return type == EventType.Track && raw.Event.IsEmpty ? RejectCode.NoEvent : RejectCode.None;
    }

    internal static EventKind KindOf(EventType type, ReadOnlySpan<byte> eventName) => type switch
    {
        EventType.Page or EventType.Screen => EventKind.Page,
        EventType.Track => IsError(eventName) ? EventKind.Error : EventKind.Action,
        _ => EventKind.Other,
    };

    private static bool HasPage(in PageFields fields) => !fields.Path.IsEmpty || !fields.Url.IsEmpty;

    private static bool IsError(ReadOnlySpan<byte> name)
    {
        foreach (var error in _errorNames)
        {
            if (Same(name, error))
                return true;
        }
        return false;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out EventType type)
    {
        type = EventType.Track;
        switch (text.Length)
        {
            case 4 when Same(text, "page"u8):
                type = EventType.Page;
                return true;
            case 5 when Same(text, "track"u8):
                return true;
            case 5 when Same(text, "group"u8):
                type = EventType.Group;
                return true;
            case 5 when Same(text, "alias"u8):
                type = EventType.Alias;
                return true;
            case 6 when Same(text, "screen"u8):
                type = EventType.Screen;
                return true;
            case 8 when Same(text, "identify"u8):
                type = EventType.Identify;
                return true;
            default:
                return false;
        }
    }

    private static bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);
}
