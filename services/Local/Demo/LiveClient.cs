using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Demo;

/// <summary>Posts to the live door, as a shop's pages would.</summary>
internal sealed class LiveClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Uri _door;

    public LiveClient(Uri collector, string key)
    {
        _door = new Uri(collector, "/v1/events");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Null when all were taken, else what went wrong; message ids make sending them again harmless.</summary>
    public async Task<string?> TrySendAsync(IReadOnlyList<ShopEvent> events, CancellationToken cancellation)
    {
        try
        {
            var body = new ByteArrayContent(Lines.Of(events));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await _http.PostAsync(_door, body, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (!answer.IsSuccessStatusCode)
                return $"the collector answered {(int)answer.StatusCode}: {Quoted.Text(text, 300)}";
            using var json = JsonDocument.Parse(text);
            return json.RootElement.GetProperty("accepted").GetInt32() == events.Count ? null : $"the collector refused events of the demo: {Quoted.Text(text, 300)}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return $"the collector does not answer: {Quoted.Text(e.Message)}";
        }
    }

    public void Dispose() => _http.Dispose();
}
