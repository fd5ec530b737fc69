using System.Net;
using System.Text.Json;

namespace Tidemark.Local.Import.Sending;

/// <summary>The collector's history doors that take an import.</summary>
internal sealed class HistoryClient : IDisposable
{
    private readonly CollectorLink _link;
    private readonly string _importId;
    private readonly string _import;

    /// <param name="address">Of the collector.</param>
    /// <param name="key">Write key.</param>
    /// <param name="importId">Name of the import.</param>
    /// <param name="generation">How often it was taken back before.</param>
    /// <param name="time">Clock of the pauses between attempts.</param>
    public HistoryClient(Uri address, string key, string importId, int generation, TimeProvider time)
    {
        (_link, _importId) = (new CollectorLink(address, key, time), importId);
        // A collector that cannot undo knows no generations.
        _import = generation == 0 ? $"import={importId}" : $"import={importId}&generation={generation}";
    }

    /// <summary>Sends a chunk; returns the refused events by index with their codes.</summary>
    public Task<(int Accepted, List<(int Index, string Code)> Rejected)> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        PostAsync($"/v1/history?{_import}&ids=place", body, Counts, cancellation);

    public Task EndAsync(CancellationToken cancellation) => PostAsync($"/v1/history/end?{_import}", ReadOnlyMemory<byte>.Empty, static _ => true, cancellation);

    public void Dispose() => _link.Dispose();

    private Task<T> PostAsync<T>(string path, ReadOnlyMemory<byte> body, Func<byte[], T> read, CancellationToken cancellation) => _link.SendAsync(
        HttpMethod.Post, path, body, (status, answer) => status == HttpStatusCode.OK ? read(answer) : throw Refused(status, answer),
        trouble => $"the collector at {_link.Address} takes no events: {trouble}; start the import again later, it goes on where it stopped", cancellation);

    private static (int Accepted, List<(int Index, string Code)> Rejected) Counts(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        var rejected = new List<(int, string)>();
        foreach (var one in json.RootElement.GetProperty("rejected").EnumerateArray())
            rejected.Add((one.GetProperty("index").GetInt32(), one.GetProperty("code").GetString() ?? ""));
        return (json.RootElement.GetProperty("accepted").GetInt32(), rejected);
    }

    private CommandFailedException Refused(HttpStatusCode status, byte[] answer) => new(status switch
    {
        HttpStatusCode.Conflict => $"import {_importId} was undone while it was being sent: start the import again to send all of it anew",
        HttpStatusCode.Forbidden => "the write key may not post to the history: use one that has the permission",
        _ => $"the collector at {_link.Address} refused the import with status {(int)status}: {CollectorLink.Text(answer)}",
    });
}
