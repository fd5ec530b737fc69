using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace Tidemark.Local.Import.Sending;

/// <summary>The collector's history doors. What passes is tried again with growing pauses; what does not pass ever is one clear line.</summary>
internal sealed class HistoryClient : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long one chunk is tried: longer than a restart of the services takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Uri _address;
    private readonly string _importId;
    private readonly string _import;

    /// <param name="address">Of the collector.</param>
    /// <param name="key">Write key.</param>
    /// <param name="importId">Name of the import.</param>
    /// <param name="generation">How often it was taken back before.</param>
    public HistoryClient(Uri address, string key, string importId, int generation = 0)
    {
        (_address, _importId) = (address, importId);
        // A collector that cannot undo knows no generations.
        _import = generation == 0 ? $"import={importId}" : $"import={importId}&generation={generation}";
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Sends a chunk; returns the refused events by index with their codes.</summary>
    public async Task<(int Accepted, List<(int Index, string Code)> Rejected)> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using var answer = await PostAsync($"/v1/history?{_import}&ids=place", body, cancellation);
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        var rejected = new List<(int, string)>();
        foreach (var one in json.RootElement.GetProperty("rejected").EnumerateArray())
            rejected.Add((one.GetProperty("index").GetInt32(), one.GetProperty("code").GetString() ?? ""));
        return (json.RootElement.GetProperty("accepted").GetInt32(), rejected);
    }

    public async Task EndAsync(CancellationToken cancellation)
    {
        using var answer = await PostAsync($"/v1/history/end?{_import}", default, cancellation);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (answer, trouble) = await TryPostAsync(path, body, cancellation);
            if (answer is not null)
                return answer;
            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > Patience)
                throw new CommandFailedException($"the collector at {_address} takes no events: {trouble}; start the import again later, it goes on where it stopped");
            await Task.Delay(pause, cancellation);
        }
    }

    private async Task<(HttpResponseMessage? Answer, string Trouble)> TryPostAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        try
        {
            var content = new ReadOnlyMemoryContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            var answer = await _http.PostAsync(new Uri(_address, path), content, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
                return (answer, "");
            using (answer)
            {
                var text = Quoted.Text(await answer.Content.ReadAsStringAsync(cancellation), 300);
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
                    return (null, text);
                throw new CommandFailedException(answer.StatusCode switch
                {
                    HttpStatusCode.Unauthorized => $"the collector at {_address} does not know the write key: say the right one with --key",
                    HttpStatusCode.Conflict => $"import {_importId} was undone while it was being sent: start the import again to send all of it anew",
                    HttpStatusCode.Forbidden => "the write key may not post to the history: use one that has the permission",
                    _ => $"the collector at {_address} refused the import with status {(int)answer.StatusCode}: {text}",
                });
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, Quoted.Text(e.Message));
        }
    }

    public void Dispose() => _http.Dispose();
}
