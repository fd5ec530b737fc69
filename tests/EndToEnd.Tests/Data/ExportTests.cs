using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>What a data folder holds, exported and imported into a fresh one, gives the same events and sessions: the way from the local edition to a cluster.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    /// <summary>All that a session is, but how it came to be closed.</summary>
    private const string Sessions =
        """
        SELECT session_id, visitor_id, user_id, several_users, started_at, ended_at, events, pages, actions, errors, entry_page, exit_page, referrer,
            utm_source, utm_medium, utm_campaign, utm_term, utm_content, device, browser, os, app_version, bounce, continued
        FROM sessions
        """;

    private const string Events =
        """
        SELECT event_id, visitor_id, user_id, type, event, kind, occurred_at, seq, page, url, title, referrer, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
            device, browser, os, app_version, locale, bot, message_id, mapSort(properties)
        FROM events
        """;

    private static readonly string[] _rules = ["--gap", "3s", "--disorder", "500ms", "--lateness", "1m"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-export-").FullName;
    private LocalProcess? _product;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_product is not null)
            await _product.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_export_imported_into_a_fresh_folder_gives_the_same_events_and_sessions()
    {
        var source = Path.Combine(_folder, "source");
        _product = new LocalProcess(source, _rules);
        await _product.StartAsync(CancellationToken.None);
        await FillAsync(_product);
        var whileRunning = await ExportAsync("running.ndjson", source);
        await _product.DisposeAsync();
        _product = null;
        var events = await RowsAsync(Events, source);
        var sessions = await RowsAsync(Sessions, source);
        var stopped = await ExportAsync("stopped.ndjson.gz", source);
        Assert.Contains("late       1,", stopped.Said, StringComparison.Ordinal);
        // The same rows, so the same bytes.
        Assert.Equal(await Unpacked(stopped.File).ReadToEndAsync(), await File.ReadAllTextAsync(whileRunning.File));

        var target = Path.Combine(_folder, "target");
        await ImportAsync(stopped.File, target);
        Assert.Equal(events, await RowsAsync(Events, target));
        Assert.Equal(sessions, await RowsAsync(Sessions, target));
        // The other file has the same events under another import's name: not one of them counts again.
        await ImportAsync(whileRunning.File, target, "--import-id", "again");
        Assert.Equal(events, await RowsAsync(Events, target));
        Assert.Equal(sessions, await RowsAsync(Sessions, target));

        var part = await ExportAsync("part.ndjson", source, "--from", "2024-05-01T00:00:00Z", "--to", "2024-05-01T00:10:00Z");
        Assert.Equal(
            await RowsAsync("SELECT count() FROM events WHERE occurred_at >= '2024-05-01 00:00:00' AND occurred_at < '2024-05-01 00:10:00'", source),
            File.ReadLines(part.File).Count().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>An import, plain history, a second import of the first one's visitors at the same times (sessions of their own), and live events of all kinds.</summary>
    private async Task FillAsync(LocalProcess product)
    {
        await ImportAsync(Csv("first.csv", 1), product.Folder, "--to", product.Door("/").ToString());
        await ImportAsync(Csv("second.csv", 2), product.Folder, "--to", product.Door("/").ToString());
        await PostAsync("/v1/history", string.Join('\n', Enumerable.Range(0, 50).Select(i =>
            $$$"""{"type":"page","anonymousId":"old{{{i % 7}}}","timestamp":"2023-01-01T00:00:{{{i:00}}}Z","properties":{"path":"/h{{{i}}}"} }""")));
        const string phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";
        // No times and no message ids: all of one millisecond, and which page was the first only their places say.
        for (var i = 0; i < 10; i++)
        {
            await PostAsync("/v1/events", $$$"""
                [{"type":"page","anonymousId":"live{{{i}}}","properties":{"path":"/a"},"context":{"userAgent":"{{{phone}}}","page":{"url":"https://shop.example/a?utm_source=mail&utm_campaign=may","referrer":"https://search.example/"} } },
                 {"type":"page","anonymousId":"live{{{i}}}","properties":{"path":"/b"}},{"type":"page","anonymousId":"live{{{i}}}","userId":"u{{{i}}}","properties":{"path":"/c"} },
                 {"type":"track","event":"error","anonymousId":"live{{{i}}}","properties":{"n":1.5,"deep":{"er":[1,"x"]} } }]
                """);
        }
        for (var i = 0; i < 3; i++)
            await PostAsync("/v1/events", """[{"type":"track","event":"x","anonymousId":"twice","messageId":"m1"},{"type":"screen","name":"Home","anonymousId":"only","userId":"only","messageId":"one-screen"}]""".Replace("one-screen", "screen" + i, StringComparison.Ordinal));
        var old = DateTime.UtcNow.AddMinutes(-10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await PostAsync("/v1/events", $$"""[{"type":"track","event":"x","anonymousId":"twice","messageId":"m1"},{"type":"track","event":"late","anonymousId":"late","timestamp":"{{old}}"}]""");
        await EventuallyAsync("SELECT count() FROM late_events", "1");
        // Two imports, history, live events, one of those sent four times, and three screens.
        await EventuallyAsync("SELECT (SELECT count() FROM events), sum(events) FROM sessions", $"{2000 + 50 + 40 + 1 + 3}\t{2000 + 50 + 40 + 1 + 3}");
        Assert.Equal("2", await _product!.SqlAsync("SELECT uniqExact(started_at, import_id) FROM sessions WHERE visitor_id = 'v3' AND started_at < '2024-05-01 00:00:10'", CancellationToken.None));
    }

    private string Csv(string name, int offset)
    {
        var file = Path.Combine(_folder, name);
        var text = new StringBuilder("anonymousId,page,timestamp,messageId\n");
        for (var i = 0; i < 1000; i++)
            text.Append(CultureInfo.InvariantCulture, $"v{i % 97},/p{i % 13},2024-05-01T00:{i / 60:00}:{i % 60:00}.{offset}00Z,\n");
        File.WriteAllText(file, text.ToString());
        return file;
    }

    private async Task PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _product!.Door(path)) { Content = new StringContent(body) };
        request.Headers.Add("X-Write-Key", "local");
        using var answer = await _product.Http.SendAsync(request);
        Assert.Contains("\"rejected\":[]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task EventuallyAsync(string query, string expected) => await Wait.ForAsync(() => _product!.SqlAsync(query, CancellationToken.None), expected, query);

    private async Task<(string File, string Said)> ExportAsync(string name, string data, params string[] more)
    {
        var file = Path.Combine(_folder, name);
        var run = await LocalCommand.RunAsync(["export", file, "--data", data, .. _rules, .. more]);
        Assert.True(run.Status == 0, run.Out + run.Error);
        return (file, run.Out);
    }

    private static StreamReader Unpacked(string file) => new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));

    private static async Task ImportAsync(string file, string data, params string[] more)
    {
        var run = await LocalCommand.RunAsync(["import", file, "--format", file.Contains(".csv", StringComparison.Ordinal) ? "csv" : "ndjson", "--data", data, .. _rules, .. more]);
        Assert.True(run.Status == 0 && !run.Out.Contains("rejected", StringComparison.Ordinal), run.Out + run.Error);
    }

    private static async Task<string> RowsAsync(string query, string data)
    {
        var rows = await LocalCommand.RunAsync("sql", query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return string.Join('\n', rows.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }
}
