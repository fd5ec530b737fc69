using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tidemark.Local.Import.Undo;

/// <summary>The collector's doors that tell its imports and take one back. What passes is tried again with growing pauses.</summary>
internal sealed class ImportsClient : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a request is tried: longer than a restart of the services takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Uri _address;

    public ImportsClient(Uri address, string key)
    {
        _address = address;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

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
            _ => throw new CommandFailedException($"the collector at {_address} does not undo import {import}: {text}"),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Text, T? Answer)> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var since = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var trouble = "";
            try
            {
                using var answer = await _http.SendAsync(new HttpRequestMessage(method, new Uri(_address, path)), cancellation);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return (answer.StatusCode, "", JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellation), type));
                trouble = Quoted.Text(await answer.Content.ReadAsStringAsync(cancellation), 300);
                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout))
                    return (Checked(answer.StatusCode), trouble, null);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                trouble = Quoted.Text(e.Message);
            }
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new CommandFailedException($"the collector at {_address} gives no answer: {trouble}; start this again later");
            await Task.Delay(pause, cancellation);
        }
    }

    private HttpStatusCode Checked(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => throw new CommandFailedException($"the collector at {_address} does not know the write key: say the right one with --key"),
        HttpStatusCode.Forbidden => throw new CommandFailedException("the write key may not post to the history, and so not undo an import: use one that has the permission"),
        _ => status,
    };
}
