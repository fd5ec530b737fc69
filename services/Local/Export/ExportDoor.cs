using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>
/// <c>GET /v1/export[?from=MS&amp;to=MS]</c> of a running product, for the command: the lines as they come, then a NUL, which no line holds, and what was counted.
/// Without these the answer is not whole (HTTP's own trailers Kestrel does not send with HTTP/1.1). Open to whatever program reaches the loopback address, as SQL is, and to no web page.
/// </summary>
internal static class ExportDoor
{
    public const string Path = "/v1/export";

    /// <summary>Records that will be read, for the progress.</summary>
    public const string RecordsHeader = "Tidemark-Records";

    /// <summary>Stands before the counts, which are the last bytes of the answer.</summary>
    public const byte CountsMark = 0;

    public static async Task HandleAsync(HttpContext context, IEventLog log)
    {
        var answer = context.Response;
        if (!TryTime(context, "from", long.MinValue, out var from) || !TryTime(context, "to", long.MaxValue, out var to))
        {
            answer.StatusCode = StatusCodes.Status400BadRequest;
            answer.ContentType = "text/plain; charset=UTF-8";
            await answer.WriteAsync("from and to are milliseconds since 1970 UTC\n", context.RequestAborted);
            return;
        }
        var export = await LogExport.OpenAsync(log, new ExportSettings(from, to), context.RequestAborted);
        answer.ContentType = "application/x-ndjson";
        answer.Headers[RecordsHeader] = export.Records.ToString(CultureInfo.InvariantCulture);
        try
        {
            await export.WriteAsync(answer.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is LogException or CommandFailedException or OperationCanceledException)
        {
            // What has gone out cannot be taken back; a cut answer can be told from a whole one.
            context.Abort();
            return;
        }
        await answer.Body.WriteAsync((byte[])[CountsMark, .. Encoding.ASCII.GetBytes(export.Counts.ToText())], context.RequestAborted);
    }

    private static bool TryTime(HttpContext context, string name, long absent, out long milliseconds)
    {
        milliseconds = absent;
        return !context.Request.Query.TryGetValue(name, out var text)
            || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds);
    }
}
