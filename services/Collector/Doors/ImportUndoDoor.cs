using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary>
/// <c>POST /v1/history/undo?import=ID</c> takes an import back: 200 when that is durable; the tables follow. <c>force=true</c> also takes back what no collector has noted.
/// <c>GET /v1/history/imports[?import=ID]</c> tells the project of the key and its imports, with the generation that counts when one is sent now. Bodies are not read.
/// </summary>
internal sealed class ImportUndoDoor(ImportRegistry imports, Appender appender)
{
    internal async Task<DoorResult> UndoAsync(HttpContext context, WriteKey key)
    {
        if (!ImportQuery.TryRead(context.Request, out var import))
            return RejectCode.BadImport;
        try
        {
            var (code, undone) = await imports.UndoAsync(key, import.Name, context.Request.Query["force"] == "true");
            if (code != RejectCode.None)
                return code;
            var answer = new UndoneImport(undone!.Name, undone.Generation, undone.State != ImportState.Opened);
            return JsonSerializer.SerializeToUtf8Bytes(answer, ImportJson.Default.UndoneImport);
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }

    internal async Task<DoorResult> ListAsync(HttpContext context, WriteKey key)
    {
        var one = context.Request.Query["import"];
        if (one.Count > 0 && !ImportQuery.TryRead(context.Request, out _))
            return RejectCode.BadImport;
        try
        {
            var known = await imports.ListAsync(key, one.Count > 0 ? one[0] : null);
            var list = new ImportList(key.ProjectName, [.. known.Select(import => new ListedImport(import.Name, import.Current, Text(import.State)))]);
            return JsonSerializer.SerializeToUtf8Bytes(list, ImportJson.Default.ImportList);
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }

    // Undoing is told as undone: it will be, whatever happens.
    private static string Text(ImportState state) => state switch
    {
        ImportState.Opened => "opened",
        ImportState.Ended => "ended",
        _ => "undone",
    };
}

/// <param name="Import">Its name.</param>
/// <param name="Generation">The generation that was taken back.</param>
/// <param name="Ended">False when its end had not been told: what is still sent of it does not count.</param>
internal sealed record UndoneImport(string Import, int Generation, bool Ended);

/// <param name="Import">Its name.</param>
/// <param name="Generation">The generation that counts when it is sent now.</param>
/// <param name="State">opened, ended or undone.</param>
internal sealed record ListedImport(string Import, int Generation, string State);

/// <param name="Project">Of the key that asked.</param>
/// <param name="Imports">Its imports.</param>
internal sealed record ImportList(string Project, IReadOnlyList<ListedImport> Imports);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UndoneImport))]
[JsonSerializable(typeof(ImportList))]
internal sealed partial class ImportJson : JsonSerializerContext;
