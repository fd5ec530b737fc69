using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Confinement;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>The paths of ClickHouse's HTTP interface.</summary>
internal static class EngineRoutes
{
    /// <summary>The process that answers /ping, so that a supervisor knows its own child.</summary>
    public const string ProcessHeader = "X-Tidemark-Process";

    /// <summary>What holds of that process's confinement (<see cref="ConfinementState"/>); with /ping.</summary>
    public const string ConfinementHeader = "X-Tidemark-Confinement";

    static readonly string _processId = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Task RouteAsync(HttpContext http, QueryHandler queries, ConfinementState confinement)
    {
        var path = http.Request.Path.Value ?? "/";
        var asks = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (path is "/ping" or "/replicas_status")
        {
            http.Response.Headers[ConfinementHeader] = HeaderText.Of(confinement.ToString());
            return TextAsync(http, 200, "Ok.\n");
        }

        if (path is not ("/" or "/query"))
            return TextAsync(http, 404, $"There is no handle {path}{http.Request.QueryString}\n\nUse / or /ping for health checks.\nOr /replicas_status for more sophisticated health checks.\n\nSend queries from your program with POST method or GET /?query=...\n");
        if (asks && !http.Request.Query.ContainsKey("query"))
            return TextAsync(http, 200, "Ok.\n");
        if (!asks && !HttpMethods.IsPost(http.Request.Method) && !HttpMethods.IsPut(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD, POST, PUT";
            return TextAsync(http, 405, "Only GET, HEAD, POST and PUT are served here\n");
        }

        return queries.HandleAsync(http);
    }

    static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers[ProcessHeader] = _processId;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
