using System.Text;

namespace Tidemark.Collector.Refusals;

/// <summary>The one table from a reason to its name, HTTP status (when it sinks a request) and a text that says what to do.</summary>
internal static class RejectCodes
{
    private static readonly Row[] _rows = Build();

    internal static string Name(RejectCode code) => _rows[(int)code].Name;

    internal static ReadOnlySpan<byte> Utf8Name(RejectCode code) => _rows[(int)code].Utf8Name;

    internal static int Status(RejectCode code) => _rows[(int)code].Status;

    internal static string Text(RejectCode code) => _rows[(int)code].Text;

    private static Row[] Build()
    {
        var rows = new Row[Enum.GetValues<RejectCode>().Length];
        void Add(RejectCode code, string name, int status, string text) => rows[(int)code] = new Row(name, Encoding.UTF8.GetBytes(name), status, text);

        Add(RejectCode.None, "ok", 200, "");
        Add(RejectCode.Json, "json", 400, "The body is not JSON: send one object, an array of objects, or one object per line.");
        Add(RejectCode.NotObject, "not_object", 400, "An event is a JSON object.");
        Add(RejectCode.EventTooLarge, "event_too_large", 400, "The event has too many bytes.");
        Add(RejectCode.Utf8, "utf8", 400, "The event is not UTF-8.");
        Add(RejectCode.Type, "type", 400, "A field has the wrong JSON type; ids, event names and times are strings, properties and traits objects.");
        Add(RejectCode.UnknownType, "unknown_type", 400, "type is one of track, page, screen, identify, group, alias.");
        Add(RejectCode.NoEvent, "no_event", 400, "A track event needs its name in 'event'.");
        Add(RejectCode.NoIdentity, "no_identity", 400, "An event needs an anonymousId or a userId.");
        Add(RejectCode.BadKey, "bad_key", 400, "A member's name is empty or too long.");
        Add(RejectCode.DuplicateKey, "duplicate_key", 400, "An object has a member twice, or two properties have the same name once nested ones are written with dots.");
        Add(RejectCode.TooManyKeys, "too_many_keys", 400, "The event has too many properties.");
        Add(RejectCode.TooDeep, "too_deep", 400, "Objects and arrays are nested too deep.");
        Add(RejectCode.TextTooLong, "text_too_long", 400, "A text is too long.");
        Add(RejectCode.IdTooLong, "id_too_long", 400, "An id is too long.");
        Add(RejectCode.NumberTooLong, "number_too_long", 400, "A number has more than 64 digits.");
        Add(RejectCode.TsFormat, "ts_format", 400, "A time is not ISO 8601, such as 2026-01-31T23:59:59.123Z.");
        Add(RejectCode.TsMissing, "ts_missing", 400, "An event of the history needs its timestamp.");
        Add(RejectCode.TsFuture, "ts_future", 400, "The event lies in the future.");
        Add(RejectCode.TsTooOld, "ts_too_old", 400, "The event is too old for the live doors; the history door takes it.");
        Add(RejectCode.TsRange, "ts_range", 400, "The time, after clock correction, is outside 1970-01-01T00:00:00Z to 2105-12-31T23:59:59.999Z, which is what the tables hold; send the time it happened.");

        Add(RejectCode.Project, "project", 400, "The event's project is not one of the collector's.");
        Add(RejectCode.Avro, "avro", 400, "The Avro message is damaged, cut, or followed by something else.");
        Add(RejectCode.Schema, "schema", 400, "The Avro message is not of a known version of event.avsc.");

        Add(RejectCode.Batch, "batch", 400, "This is a batch for /v1/batch, which is not served here; send the array in 'batch' as the body, or its events one per line.");
        Add(RejectCode.EmptyBody, "empty_body", 400, "There is no body.");
        Add(RejectCode.EmptyBatch, "empty_batch", 400, "The array is empty.");
        Add(RejectCode.BadRequest, "bad_request", 400, "The request is malformed.");
        Add(RejectCode.BadGzip, "gzip", 400, "The gzip data is damaged, cut, or followed by something else.");
        Add(RejectCode.BadZstd, "zstd", 400, "The zstd data is damaged, cut, or followed by something else.");
        Add(RejectCode.BadImport, "import", 400, "import is 1 to 64 of A-Z, a-z, 0-9, '_', '.', '-'; generation, where it is given, a number from 0 to 65535; ids, where it is given, is place.");
        Add(RejectCode.UnknownImport, "unknown_import", 404, "No import of this name was ever sent; GET /v1/history/imports tells the names.");
        Add(RejectCode.AlreadyUndone, "already_undone", 409, "This import was undone before and not sent again since.");
        Add(RejectCode.ImportUndone, "import_undone", 409, "This generation of the import takes no events: it was undone, or is not there yet. GET /v1/history/imports?import=ID tells the one to send as generation=N; another name works too.");
        Add(RejectCode.WriteKey, "write_key", 401, "No valid write key was sent.");
        Add(RejectCode.Forbidden, "history_permission", 403, "This write key may not post to the history.");
        Add(RejectCode.Origin, "origin", 403, "A web page of this origin may not use this write key: add the origin to AllowedOrigins of the key's project or, for a key that everybody knows, to the general AllowedOrigins (--allowed-origins in the local edition).");
        Add(RejectCode.NotFound, "not_found", 404, "There is nothing at this path.");
        Add(RejectCode.Method, "method", 405, "This path does not take this method; the header Allow says what it takes.");
        Add(RejectCode.Timeout, "timeout", 408, "The body came too slowly.");
        Add(RejectCode.BodyTooLarge, "body_too_large", 413, "The body has too many bytes.");
        Add(RejectCode.TooManyEvents, "too_many_events", 413, "The request has too many events.");
        Add(RejectCode.Encoding, "encoding", 415, "Send the body plain, as gzip or as zstd.");
        Add(RejectCode.Charset, "charset", 415, "Send the body in UTF-8.");
        Add(RejectCode.RateLimit, "rate_limit", 429, "This write key sends too many events; retry later.");
        Add(RejectCode.Internal, "internal", 500, "The request failed.");
        Add(RejectCode.Overload, "overload", 503, "Too much is being received at the moment; retry.");
        Add(RejectCode.LogUnavailable, "log_unavailable", 503, "The events could not be stored; retry.");
        Add(RejectCode.LogFull, "log_full", 503, "There is no room to store events; retry later.");
        return rows;
    }

    private sealed record Row(string Name, byte[] Utf8Name, int Status, string Text);
}
