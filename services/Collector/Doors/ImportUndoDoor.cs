using System.Text.Json;
using System.Text.Json.Serialization;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary>
/// <c>POST /v1/history/undo?import=ID</c> takes an import back: 200 when that is durable; the tables follow. <c>force=true</c> also takes back what no collector has noted. A body is not read.
/// </summary>
internal sealed class ImportUndoDoor(ImportRegistry imports, Appender appender) : Door("/v1/history/undo")
{
    internal override bool History => true;

    internal override async Task<DoorResult> HandleAsync(DoorRequest request)
    {
        if (!ImportQuery.TryRead(request.Http, out var import))
            return RejectCode.BadImport;
        try
        {
            var (code, undone) = await imports.UndoAsync(request.Key, import.Name, request.Http.Query["force"] == "true");
            if (code != RejectCode.None)
                return code;
            var answer = new UndoneImport(undone!.Name, undone.Generation, undone.State != ImportState.Opened);
            return JsonSerializer.SerializeToUtf8Bytes(answer, UndoneImportJson.Default.UndoneImport);
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }
}

/// <param name="Import">Its name.</param>
/// <param name="Generation">The generation that was taken back.</param>
/// <param name="Ended">False when its end had not been told: what is still sent of it does not count.</param>
internal sealed record UndoneImport(string Import, int Generation, bool Ended);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UndoneImport))]
internal sealed partial class UndoneImportJson : JsonSerializerContext;
