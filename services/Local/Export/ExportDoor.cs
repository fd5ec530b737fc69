using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Aggregator;
using Tidemark.Aggregator.Http;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>
/// <c>GET /v1/export[?from=MS&amp;to=MS&amp;project=NAME]</c> of a running product, for the command: the lines as they come, then a NUL, which no line holds, and what was counted, or
/// <c>!</c> and why the lines are not all. Without these the answer is not whole (HTTP's own trailers Kestrel does not send with HTTP/1.1). What cannot begin is a text with another status
/// than 200. Open to whatever program reaches the loopback address, as SQL is, and to no web page.
/// </summary>
internal static class ExportDoor
{
    public const string Path = "/v1/export";

    /// <summary>Records that will be read, for the progress.</summary>
    public const string RecordsHeader = "Tidemark-Records";

    /// <summary>Stands before the counts, which are the last bytes of the answer.</summary>
    public const byte CountsMark = 0;

    /// <summary>Stands there before the reason of a failure.</summary>
    public const char FailureMark = '!';

    /// <param name="tables">Where the tables are, and the way in.</param>
    public static async Task HandleAsync(HttpContext context, LoadedLog log, AggregatorOptions tables)
    {
        var aborted = context.RequestAborted;
        var answer = context.Response;
        if (!TryTime(context, "from", long.MinValue, out var from) || !TryTime(context, "to", long.MaxValue, out var to))
        {
            await RefuseAsync(answer, StatusCodes.Status400BadRequest, "from and to are milliseconds since 1970 UTC", aborted);
            return;
        }
        using var clickHouse = new ClickHouseClient(tables);
        TableExport export;
        try
        {
            await log.WaitAsync(aborted);
            export = await TableExport.OpenAsync(clickHouse, new ExportSettings(from, to, context.Request.Query["project"]), aborted);
        }
        catch (Exception failed) when (failed is LogException or CommandFailedException or ClickHouseException)
        {
            await RefuseAsync(answer, StatusCodes.Status503ServiceUnavailable, failed.Message, aborted);
            return;
        }
        answer.ContentType = "application/x-ndjson";
        answer.Headers[RecordsHeader] = export.Records.ToString(CultureInfo.InvariantCulture);
        string said;
        try
        {
            await export.WriteAsync(answer.Body, aborted);
            said = export.Counts.ToText();
        }
        catch (Exception failed) when (failed is CommandFailedException or ClickHouseException or InvalidDataException)
        {
            said = FailureMark + failed.Message;
        }
        catch (OperationCanceledException)
        {
            // Nobody reads on.
            context.Abort();
            return;
        }
        await answer.Body.WriteAsync((byte[])[CountsMark, .. Encoding.UTF8.GetBytes(said)], aborted);
    }

    private static async Task RefuseAsync(HttpResponse answer, int status, string text, CancellationToken cancellation)
    {
        answer.StatusCode = status;
        answer.ContentType = "text/plain; charset=UTF-8";
        await answer.WriteAsync(text + "\n", cancellation);
    }

    private static bool TryTime(HttpContext context, string name, long absent, out long milliseconds)
    {
        milliseconds = absent;
        return !context.Request.Query.TryGetValue(name, out var text)
            || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds);
    }
}
