using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>The parts of a request that are not the statement's text: ClickHouse's own parameters, its headers, settings.</summary>
internal sealed class QueryRequest
{
    public string Query { get; private set; } = "";
    public string? Database { get; private set; }
    public string? DefaultFormat { get; private set; }
    public string QueryId { get; private set; } = "";
    public string? SessionId { get; private set; }
    public int SessionTimeoutSeconds { get; private set; } = 60;
    public bool SessionCheck { get; private set; }
    public bool CloseSession { get; private set; }
    public bool Compress { get; private set; }
    public bool Decompress { get; private set; }
    public bool WaitEndOfQuery { get; private set; }

    /// <summary>Bytes of an answer to hold back before the first is sent; null for this door's own number.</summary>
    public long? BufferSize { get; private set; }

    public ulong ClientProtocolVersion { get; private set; }
    public bool ReadOnlyMethod { get; private set; }
    public Credentials Credentials { get; private set; }
    public List<KeyValuePair<string, string>> Settings { get; } = [];
    public QueryParameters Parameters { get; } = new();

    /// <summary>Whether a running query of the same id makes way for this one.</summary>
    public bool ReplaceRunningQuery => IsOn("replace_running_query");

    /// <summary>Whether an error becomes a part of the answer's own format, where that has a place for one.</summary>
    public bool ExceptionInFormat => IsOn("http_write_exception_in_output_format");

    /// <summary>Of external tables: <c>name_format</c>, <c>name_types</c>, <c>name_structure</c>; settings unless a part of that name comes.</summary>
    public Dictionary<string, string> External { get; } = [];

    public static QueryRequest Read(HttpRequest http)
    {
        var request = new QueryRequest { ReadOnlyMethod = HttpMethods.IsGet(http.Method) || HttpMethods.IsHead(http.Method) };
        request.Credentials = Credentials.Read(http);
        var multipart = IsMultipart(http);
        foreach (var (name, values) in http.Query)
            foreach (var value in values)
                request.Set(name, value ?? "", multipart);
        // For these two a header goes before the URL, for the query's id the URL before the header.
        request.Database = Header(http, "X-ClickHouse-Database") ?? request.Database;
        request.DefaultFormat = Header(http, "X-ClickHouse-Format") ?? request.DefaultFormat;
        if (request.QueryId.Length == 0)
            request.QueryId = Header(http, "X-ClickHouse-Query-Id") ?? Guid.NewGuid().ToString();
        return request;
    }

    /// <summary>Takes one parameter of the URL (or a field of a form).</summary>
    public void Set(string name, string value, bool multipart)
    {
        switch (name)
        {
            case "query":
                // Of several in a URL the first counts; a form's fields are put together.
                if (multipart || Query.Length == 0)
                    Query += value;
                break;
            case "database":
                Database = value;
                break;
            case "default_format":
                DefaultFormat = value;
                break;
            case "query_id":
                QueryId = value;
                break;
            case "session_id":
                SessionId = value.Length > 0 ? value : throw EngineErrorException.Of(744, "SESSION_ID_EMPTY", "Session id query parameter was provided, but it was empty");
                break;
            case "session_timeout":
                SessionTimeoutSeconds = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 3600
                    ? seconds : throw EngineErrorException.Of(374, "INVALID_SESSION_TIMEOUT", $"Invalid session timeout: '{value}', it must be from 0 to 3600");
                break;
            case "session_check":
                SessionCheck = IsTrue(value);
                break;
            case "close_session":
                CloseSession = IsTrue(value);
                break;
            case "compress":
                Compress = IsTrue(value);
                break;
            case "decompress":
                Decompress = IsTrue(value);
                break;
            case "wait_end_of_query" or "http_wait_end_of_query":
                WaitEndOfQuery = IsTrue(value);
                break;
            case "client_protocol_version":
                ClientProtocolVersion = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
                break;
            case "buffer_size" or "http_response_buffer_size":
                BufferSize = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
                break;
            case "role":
                throw EngineErrorException.Of(511, "UNKNOWN_ROLE", $"There is no role `{value}` in user directories.");
            // Names of the interface that have no effect here; the credentials are read before.
            case "user" or "password" or "quota_key" or "stacktrace" or "":
                break;
            default:
                if (name.StartsWith("param_", StringComparison.Ordinal))
                    Parameters.Add(name["param_".Length..], value);
                else if (multipart && (name.EndsWith("_format", StringComparison.Ordinal) || name.EndsWith("_types", StringComparison.Ordinal) || name.EndsWith("_structure", StringComparison.Ordinal)))
                    External[name] = value;
                else
                    Settings.Add(new(name, value));
                break;
        }
    }

    /// <summary>The value of a setting of the request, or null.</summary>
    public string? Setting(string name) => Settings.FindLast(setting => setting.Key == name).Value;

    bool IsOn(string name) => Setting(name) is { } value && IsTrue(value);

    internal static bool IsMultipart(HttpRequest http) => http.ContentType is { } type && type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    internal static bool IsTrue(string value) => value is "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase);

    static string? Header(HttpRequest http, string name) => http.Headers.TryGetValue(name, out var values) && values.Count > 0 && values[0] is { Length: > 0 } value ? value : null;
}
