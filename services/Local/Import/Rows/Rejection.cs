namespace Tidemark.Local.Import.Rows;

/// <summary>Why the importer takes no event from a line; the collector's own codes come on top for what it refuses.</summary>
internal enum Rejection
{
    NotJson,
    NotUtf8,
    LineTooLong,
    FieldCount,
    UnclosedQuote,
    NotAnAccessLogLine,
    NoPage,
    NoTime,
    TimeFormat,
    TimeIsNumber,
    TimeRange,
    NoIdentity,
    IdCarriageReturn,
    NoEvent,
    WrongType,
    DuplicateKey,
    EventTooLarge,
}

internal static class Rejections
{
    /// <summary>The code in summaries; the collector's where it has one for the same thing.</summary>
    public static string Code(this Rejection rejection) => rejection switch
    {
        Rejection.NotJson => "json",
        Rejection.NotUtf8 => "utf8",
        Rejection.LineTooLong => "line_too_long",
        Rejection.FieldCount => "field_count",
        Rejection.UnclosedQuote => "quote",
        Rejection.NotAnAccessLogLine => "log_format",
        Rejection.NoPage => "no_page",
        Rejection.NoTime => "ts_missing",
        Rejection.TimeFormat => "ts_format",
        Rejection.TimeIsNumber => "ts_number",
        Rejection.TimeRange => "ts_range",
        Rejection.NoIdentity => "no_identity",
        Rejection.IdCarriageReturn => "id_cr",
        Rejection.NoEvent => "no_event",
        Rejection.WrongType => "type",
        Rejection.DuplicateKey => "duplicate_key",
        Rejection.EventTooLarge => "event_too_large",
        _ => throw new ArgumentOutOfRangeException(nameof(rejection)),
    };

    /// <summary>What a code means, in words; codes of the collector that are not known here stand for themselves.</summary>
    public static string Meaning(string code) => code switch
    {
        "json" => "not one JSON object",
        "utf8" => "bytes that are not UTF-8",
        "line_too_long" => "longer than 1 MiB",
        "field_count" => "more or fewer fields than the header has",
        "quote" => "a quote that is not closed, or text after one",
        "log_format" => "not a whole line of the common or combined log format",
        "no_page" => "the request has no path",
        "ts_missing" => "no time",
        "ts_format" => "the time is not ISO 8601",
        "ts_number" => "the time is a number: say --time-unit s, ms or us",
        "ts_range" => "the time is outside 1970-01-01 to 2105-12-31 (UTC)",
        "ts_future" => "the time is in the future",
        "ts_too_old" => "the time is too old",
        "no_identity" => "neither anonymousId nor userId",
        "id_cr" => "an id that contains a carriage return: its line ends differently from the rest of the file",
        "no_event" => "neither an event name nor a page",
        "type" => "a field of the wrong type",
        "duplicate_key" => "a duplicate property name",
        "event_too_large" => "an event larger than 32 KiB",
        "text_too_long" => "a text that is too long",
        "id_too_long" => "an id that is too long",
        "number_too_long" => "a number that is too long",
        "too_deep" => "objects or arrays nested too deep",
        "too_many_keys" => "too many properties",
        "bad_key" => "a property name that is empty or too long",
        "unknown_type" => "an unknown type",
        "not_object" => "not a JSON object",
        _ => "refused by the collector",
    };
}
