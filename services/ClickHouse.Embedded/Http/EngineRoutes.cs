using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tidemark.ClickHouse.Embedded.Confinement;
using Tidemark.HttpHardening.Requests;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// The paths of ClickHouse's HTTP interface. As the server's: <c>/</c> and <c>/ping</c> answer <c>Ok.</c> only without parameters; with some, <c>/</c> wants a statement among
/// them and <c>/ping</c> is not served. Unlike the server's, no answer is HTML or repeats the path.
/// </summary>
internal static class EngineRoutes
{
    /// <summary>The process that answers /ping, so that a supervisor knows its own child.</summary>
    public const string ProcessHeader = "X-Tidemark-Process";

    /// <summary>What holds of that process's confinement (<see cref="ConfinementState"/>); with /ping.</summary>
    public const string ConfinementHeader = "X-Tidemark-Confinement";

    const string NotFound = """
        There is no handle for this path

        Use / or /ping for health checks.
        Or /replicas_status for more sophisticated health checks.

        Send queries from your program with POST method or GET /?query=...

        """;

    static readonly string _processId = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Task RouteAsync(HttpContext http, QueryHandler queries, ConfinementState confinement)
    {
        var request = http.Request;
        var asks = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        // A question mark without anything behind it is a parameter list too, and is only left in the target itself.
        var plain = !(http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Contains('?', StringComparison.Ordinal);
        switch (request.Path.Value)
        {
            case "/replicas_status" when asks:
            case "/ping" or "/" when asks && plain:
                http.Response.Headers[ConfinementHeader] = HeaderText.Of(confinement.ToString());
                return TextAsync(http, 200, "Ok.\n");
            case "/" or "/query":
                break;
            default:
                return TextAsync(http, 404, NotFound);
        }

        if (!asks && !HttpMethods.IsPost(request.Method) && !HttpMethods.IsPut(request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD, POST, PUT";
            return TextAsync(http, 405, "Only GET, HEAD, POST and PUT are served here\n");
        }

        ClientBodyStream.Guard(request);
        return queries.HandleAsync(http);
    }

    static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=UTF-8";
        http.Response.Headers[ProcessHeader] = _processId;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
