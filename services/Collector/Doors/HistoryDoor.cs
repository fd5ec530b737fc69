using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary><c>POST /v1/history[?import=ID[&amp;generation=N][&amp;ids=place]]</c>: events of the past, in the forms that <see cref="EventsDoor"/> takes. Whoever sends them is not their visitor.</summary>
internal sealed class HistoryDoor(TimeProvider time, EventStore store, Appender appender, ImportRegistry imports) : Door("/v1/history")
{
    internal override bool History => true;

    internal override bool ReadsBody => true;

    internal override async Task<DoorResult> HandleAsync(DoorRequest request)
    {
        if (!TryImport(request.Http, out var import, out var placeIds))
            return RejectCode.BadImport;
        RejectCode code;
        if (import is { } opened && (code = await OpenAsync(request.Key, opened)) != RejectCode.None)
            return code;
        code = await request.ReadBodyAsync();
        if (code != RejectCode.None)
            return code;
        return await store.StoreAsync(request, new EventSource(request.Key, Lane.History, import?.Id ?? [], placeIds, time.GetUtcNow().ToUnixTimeMilliseconds(), [], Utf8Path));
    }

    private async ValueTask<RejectCode> OpenAsync(WriteKey key, ImportQuery import)
    {
        try
        {
            return await imports.OpenAsync(key, import);
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }

    private static bool TryImport(HttpRequest request, out ImportQuery? import, out bool placeIds)
    {
        import = null;
        placeIds = false;
        if (!request.QueryString.HasValue || !request.Query.ContainsKey("import"))
            return true;
        if (!ImportQuery.TryRead(request, out var read))
            return false;
        import = read;
        var ids = request.Query["ids"];
        placeIds = ids == "place";
        // Under any other word every event would get a random id, and an import that is sent again would count twice.
        return placeIds || ids.Count == 0;
    }
}
