using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>The public data sets by their own way in: posted out of order, by a client that repeats what was not answered, into a product that dies again and again.</summary>
public sealed class HistoryTests : IDisposable
{
    private const int Kills = 5;
    private const int EventsPerRequest = 250;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-history-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("simple-onlineshop", "/v1/history", 21)]
    [InlineData("simple-onlineshop", "/v1/history?import=shop", 22)]
    [InlineData("apache_logs", "/v1/history", 24)]
    [InlineData("apache_logs", "/v1/history?import=log", 25)]
    public async Task Posted_with_20_s_of_disorder_after_newer_data_and_killed_five_times_the_sessions_are_the_expected_ones(string data, string door, int seed)
    {
        PublicData.SkipWithout();
        var events = (data == "apache_logs" ? PublicData.WebLogEvents() : PublicData.ShopEvents()).ToList();
        await using var product = new LocalProcess(_folder);
        await product.StartAsync(CancellationToken.None);
        await PostAsync(product, "/v1/history" + (door.Contains('?', StringComparison.Ordinal) ? "?import=newer" : ""), Newer());

        var random = new Random(seed);
        // Each event up to 20 s later in the order than its time says.
        var requests = events.OrderBy(e => e.Time.AddSeconds(random.NextDouble() * 20)).Select(e => e.Json).Chunk(EventsPerRequest).Select(chunk => string.Join('\n', chunk)).ToList();
        // A share of the requests is for each time between two kills, so that every kill meets a client that is not done.
        var share = requests.Count / (Kills + 1);
        var allowed = share;
        var posting = Task.Run(async () =>
        {
            for (var i = 0; i < requests.Count; i++)
            {
                while (i >= Volatile.Read(ref allowed))
                    await Task.Delay(20);
                await PostAsync(product, door, requests[i]);
            }
            if (door.Contains('?', StringComparison.Ordinal))
                await PostAsync(product, door.Replace("history?", "history/end?", StringComparison.Ordinal), "");
        });
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(50, 700));
            product.Kill();
            Interlocked.Add(ref allowed, kill == Kills - 1 ? requests.Count : share);
            await product.StartAsync(CancellationToken.None);
        }
        await posting;
        Assert.Equal(PublicData.SessionHash(PublicData.Expected(data)), await SettledAsync(product, events.Count));
        Assert.Equal($"{events.Count}", await product.SqlAsync("SELECT uniqExact(event_id) FROM events WHERE visitor_id NOT LIKE 'newer%'", CancellationToken.None));
    }

    [SkippableFact]
    public async Task Killed_five_times_and_started_again_the_import_has_the_expected_sessions()
    {
        PublicData.SkipWithout();
        var random = new Random(23);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var import = ProgramProcess.StartOurs("tidemark.dll", ["import", PublicData.Shop, .. PublicData.ShopOptions, "--data", _folder]);
            await Task.WhenAny(import.EndAsync(), Task.Delay(random.Next(1200, 3200)));
            await import.KillAsync();
        }
        Assert.Equal(
            PublicData.SessionHash(PublicData.Expected("simple-onlineshop")), await ImportedData.HashAfterAsync(_folder, PublicData.Shop, PublicData.ShopOptions));
    }

    private static string Newer()
    {
        var body = new StringBuilder();
        for (var i = 0; i < 2000; i++)
            body.Append(CultureInfo.InvariantCulture, $"{{\"type\":\"track\",\"event\":\"x\",\"anonymousId\":\"newer{i % 50}\",\"messageId\":\"{i}\",\"timestamp\":\"2024-01-01T{i / 100:00}:{i % 60:00}:00Z\"}}\n");
        return body.ToString();
    }

    private static async Task PostAsync(LocalProcess product, string path, string body)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _patience;)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, product.Door(path)) { Content = new StringContent(body) };
                request.Headers.Add("X-Write-Key", "local");
                using var answer = await product.Http.SendAsync(request);
                if (answer.IsSuccessStatusCode)
                {
                    var text = await answer.Content.ReadAsStringAsync();
                    Assert.True(body.Length == 0 || text.Contains("\"rejected\":[]", StringComparison.Ordinal), text);
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
            {
                // Killed: the same again, as a client does that did not hear 200.
            }
            await Task.Delay(50);
        }
        Assert.Fail($"{path} was never answered 200");
    }

    /// <summary>The hash of the data set's sessions when all of its events are in the tables, each in one session.</summary>
    private static async Task<string> SettledAsync(LocalProcess product, int events)
    {
        const string counts = "SELECT (SELECT sum(events) FROM sessions WHERE visitor_id NOT LIKE 'newer%'), (SELECT count() FROM events WHERE visitor_id NOT LIKE 'newer%')";
        await Wait.ForAsync(() => product.SqlAsync(counts, CancellationToken.None), $"{events}\t{events}", "all events in the tables");
        return SessionSet.HashOf(await product.SqlAsync(SessionSet.Query + " WHERE visitor_id NOT LIKE 'newer%'", CancellationToken.None));
    }
}
