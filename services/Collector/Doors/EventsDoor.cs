using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;

namespace Tidemark.Collector.Doors;

/// <summary>
/// <c>POST /v1/events</c>: one object, an array, or one object per line; plain, gzip or zstd. Answers 200 with the fate of every event when the log has the accepted ones.
/// </summary>
internal sealed class EventsDoor(TimeProvider time, EventStore store) : Door("/v1/events")
{
    internal override bool ReadsBody => true;

    internal override async Task<DoorResult> HandleAsync(DoorRequest request)
    {
        var code = await request.ReadBodyAsync();
        if (code != RejectCode.None)
            return code;
        var source = new EventSource(request.Key, Lane.Live, [], PlaceIds: false, time.GetUtcNow().ToUnixTimeMilliseconds(), Browser(request.Http), Utf8Path);
        return await store.StoreAsync(request, source);
    }

    /// <summary>A browser's own user agent stands for the visitor's; that of a library or a server does not.</summary>
    private static byte[] Browser(HttpRequest request)
    {
        var agent = request.Headers.UserAgent;
        return agent.Count == 1 && agent[0]!.StartsWith("Mozilla/", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(agent[0]!) : [];
    }
}
