using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tidemark.Local.Import.Undo;

/// <summary>The collector's doors that tell its imports and take one back.</summary>
internal sealed class ImportsClient(Uri address, string key, TimeProvider time) : IDisposable
{
    private readonly CollectorLink _link = new(address, key, time);

    /// <summary>The imports of the key's project; null when the collector is of a version that cannot undo.</summary>
    public async Task<KnownImports?> ListAsync(CancellationToken cancellation)
    {
        var (status, _, list) = await SendAsync(HttpMethod.Get, "/v1/history/imports", ImportsJson.Default.ImportList, cancellation);
        return status == HttpStatusCode.OK ? new KnownImports(list!.Project, list.Imports.ToDictionary(one => one.Import, StringComparer.Ordinal)) : null;
    }

    /// <summary>Takes an import back; null when it was taken back before.</summary>
    /// <param name="import">Its name.</param>
    /// <param name="force">Also when the collector has no note of it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<UndoneImport?> UndoAsync(string import, bool force, CancellationToken cancellation)
    {
        var (status, text, undone) = await SendAsync(HttpMethod.Post, $"/v1/history/undo?import={import}{(force ? "&force=true" : "")}", ImportsJson.Default.UndoneImport, cancellation);
        return status switch
        {
            HttpStatusCode.OK => undone,
            HttpStatusCode.Conflict => null,
            _ => throw new CommandFailedException($"the collector at {address} does not undo import {import}: {text}"),
        };
    }

    public void Dispose() => _link.Dispose();

    private Task<(HttpStatusCode Status, string Text, T? Answer)> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class => _link.SendAsync(
            method, path, null, (status, body) => status switch
            {
                HttpStatusCode.OK => (status, "", JsonSerializer.Deserialize(body, type)),
                HttpStatusCode.Forbidden => throw new CommandFailedException("the write key may not post to the history, and so not undo an import: use one that has the permission"),
                _ => (status, CollectorLink.Text(body), default(T)),
            },
            trouble => $"the collector at {address} gives no answer: {trouble}; start this again later", cancellation);
}
