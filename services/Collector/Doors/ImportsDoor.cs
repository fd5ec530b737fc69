using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary><c>GET /v1/history/imports[?import=ID]</c>: the project of the key and its imports, with the generation that counts when one is sent now.</summary>
internal sealed class ImportsDoor(ImportRegistry imports, Appender appender) : Door("/v1/history/imports")
{
    internal override string Method => HttpMethods.Get;

    internal override bool History => true;

    internal override async Task<DoorResult> HandleAsync(DoorRequest request)
    {
        var one = request.Http.Query["import"];
        if (one.Count > 0 && !ImportQuery.TryRead(request.Http, out _))
            return RejectCode.BadImport;
        try
        {
            var known = await imports.ListAsync(request.Key, one.Count > 0 ? one[0] : null);
            var list = new ImportList(request.Key.ProjectName, [.. known.Select(import => new ListedImport(import.Name, import.Current, Text(import.State)))]);
            return JsonSerializer.SerializeToUtf8Bytes(list, ImportListJson.Default.ImportList);
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
/// <param name="Generation">The generation that counts when it is sent now.</param>
/// <param name="State">opened, ended or undone.</param>
internal sealed record ListedImport(string Import, int Generation, string State);

/// <param name="Project">Of the key that asked.</param>
/// <param name="Imports">Its imports.</param>
internal sealed record ImportList(string Project, IReadOnlyList<ListedImport> Imports);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImportList))]
internal sealed partial class ImportListJson : JsonSerializerContext;
