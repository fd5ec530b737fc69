using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Tidemark.Local.Demo;

/// <summary>Visitors that are on the site now: their events go to the live door as they happen.</summary>
internal sealed class LiveVisitors(Uri collector, string key, int seed, string idPrefix) : IDisposable
{
    private const int Concurrent = 12;

    private readonly Random _random = new(seed + 1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };
    private readonly List<IEnumerator<(DateTimeOffset Time, JsonObject Event)>> _visits = [];
    private int _number;

    /// <summary>One event of somebody; visitors come and go.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        if (_visits.Count < Concurrent)
            _visits.Add(new ShopVisitor(_random, ++_number, $"{idPrefix}-live").Visit(DateTimeOffset.UtcNow).GetEnumerator());
        var one = _visits[_random.Next(_visits.Count)];
        if (!one.MoveNext())
        {
            _visits.Remove(one);
            one.Dispose();
            return;
        }
        // It happens now: the door's clock says when.
        one.Current.Event.Remove("timestamp");
        try
        {
            using var content = new ByteArrayContent(ShopDay.Utf8(one.Current.Event)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await _http.PostAsync(new Uri(collector, "/v1/events"), content, cancellation);
        }
        catch (HttpRequestException)
        {
            // The demo is on its way out, or the door is: the next step shows.
        }
    }

    public async Task TrickleAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await StepAsync(cancellation);
            await Task.Delay(_random.Next(200, 1500), cancellation);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _visits.ForEach(v => v.Dispose());
    }
}
