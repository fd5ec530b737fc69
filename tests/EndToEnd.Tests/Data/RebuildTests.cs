using System.Globalization;
using System.Text;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>The log is gone and ClickHouse is there: a project's events of some time, out of the tables and through the history into a fresh database, make the same sessions.</summary>
public sealed class RebuildTests : IAsyncLifetime
{
    private const string Columns =
        """
        session_id, visitor_id, user_id, several_users, started_at, ended_at, events, pages, actions, errors, entry_page, exit_page, referrer,
        utm_source, utm_medium, utm_campaign, utm_term, utm_content, device, browser, os, app_version, bounce, continued
        """;

    /// <summary>What the signed rows of a project come to.</summary>
    private const string Sessions = $"SELECT {Columns}, sum(sign) FROM session_rows WHERE project = 'shop' GROUP BY ALL HAVING sum(sign) != 0";

    private const string Events =
        """
        SELECT event_id, visitor_id, user_id, type, event, kind, occurred_at, seq, page, url, title, referrer, utm_source, utm_campaign, device, browser, os, app_version, locale, bot,
            message_id, properties
        FROM events WHERE project = 'shop'
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-rebuild-").FullName;
    private LocalProcess? _product;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_product is not null)
            await _product.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_project_out_of_the_tables_into_a_fresh_folder_has_the_same_sessions()
    {
        var source = Folder("source");
        _product = new LocalProcess(source);
        await _product.StartAsync(CancellationToken.None);
        await FillAsync(source);
        // What was answered a moment ago is in it, whether or not it could be queried yet.
        var atOnce = await ExportAsync("at-once.ndjson", source, "--project", "shop");
        Assert.Equal(3 * 600 + 50 + 120, File.ReadLines(atOnce.File).Count());
        await Wait.ForAsync(
            () => _product.SqlAsync("SELECT sum(events * sign) FROM session_rows WHERE project = 'shop'", CancellationToken.None), (3 * 600 + 50 + 120).ToString(CultureInfo.InvariantCulture), "all sessions are closed");
        Assert.NotEqual("0", await _product.SqlAsync("SELECT countIf(sign < 0) FROM session_rows WHERE project = 'shop'", CancellationToken.None));
        await _product.DisposeAsync();
        _product = null;
        var sessions = await RowsAsync(Sessions, source);
        var events = await RowsAsync(Events, source);

        // The tables are all there is, of a folder and of a server.
        Directory.Delete(Path.Combine(source, "log"), recursive: true);
        var alone = await ExportAsync("alone.ndjson", source, "--project", "shop");
        Assert.Equal(await File.ReadAllBytesAsync(atOnce.File), await File.ReadAllBytesAsync(alone.File));
        Assert.False(Directory.Exists(Path.Combine(source, "log")), "a log was made");
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        await using var server = new ChildProcess(
            "server", "tidemark.dll", ["engine", "--sql-port", port, "--data", source], new Dictionary<string, string>(), new Uri($"http://127.0.0.1:{port}/ping"));
        await server.StartReadyAsync(CancellationToken.None);
        string[] tables = ["--clickhouse", $"http://127.0.0.1:{port}", "--clickhouse-user", "reader"];
        var whole = await ExportAsync("whole.ndjson", Path.Combine(_folder, "none"), [.. tables, "--project", "shop"]);
        Assert.Equal(await File.ReadAllBytesAsync(atOnce.File), await File.ReadAllBytesAsync(whole.File));
        var early = await ExportAsync("early.ndjson", Path.Combine(_folder, "none"), [.. tables, "--project", "shop", "--to", "2024-05-03T00:00:00Z"]);
        var rest = await ExportAsync("rest.ndjson", Path.Combine(_folder, "none"), [.. tables, "--project", "shop", "--from", "2024-05-03T00:00:00Z"]);
        Assert.Equal(File.ReadLines(whole.File).Order(), File.ReadLines(early.File).Concat(File.ReadLines(rest.File)).Order());
        var all = await ExportAsync("all.ndjson", Path.Combine(_folder, "none"), tables);
        Assert.Contains("projects   blog, shop: a file is imported into one project", all.Said, StringComparison.Ordinal);
        var unknown = await LocalCommand.RunAsync(["export", "--data", Path.Combine(_folder, "none"), .. tables, "--project", "shpo"]);
        Assert.Equal(1, unknown.Status);
        Assert.Contains("there are no events of project shpo: the table has those of blog, shop", unknown.Error, StringComparison.Ordinal);

        var target = Folder("target");
        await ImportAsync(whole.File, target, "shop-key");
        Assert.Equal(sessions, await RowsAsync(Sessions, target));
        Assert.Equal(events, await RowsAsync(Events, target));
        Assert.Equal("shop", await RowsAsync("SELECT DISTINCT project FROM events", target));
        // The rebuilt tables give the same events again, in the same order.
        var again = await ExportAsync("again.ndjson", target, "--project", "shop");
        Assert.Equal(File.ReadLines(whole.File).Select(WithoutStream), File.ReadLines(again.File).Select(WithoutStream));
        // A part of the time has the sessions of that time: none goes over midnight of 3 May.
        var part = Folder("part");
        await ImportAsync(early.File, part, "shop-key");
        var earlySessions = Sessions.Replace("GROUP BY", "AND started_at < '2024-05-03' GROUP BY", StringComparison.Ordinal);
        var before = await RowsAsync(earlySessions, target);
        Assert.NotEqual("", before);
        Assert.Equal(before, await RowsAsync(Sessions, part));
    }

    /// <summary>Two imports with the same visitors at the same times, a third that was undone, plain history, corrected live sessions, and another project with the same visitors.</summary>
    private async Task FillAsync(string source)
    {
        await ImportAsync(Csv("first.csv", 1, 600), source, "shop-key");
        await ImportAsync(Csv("second.csv", 2, 600), source, "shop-key");
        await ImportAsync(Csv("blog.csv", 3, 300), source, "blog-key");
        var undone = Csv("undone.csv", 4, 200);
        await ImportAsync(undone, source, "shop-key");
        var undo = await LocalCommand.RunAsync("import", "--undo", undone, "--data", source, "--key", "shop-key");
        Assert.True(undo.Status == 0, undo.Error);
        await ImportAsync(Csv("third.csv", 5, 600), source, "shop-key");
        await PostAsync("/v1/history", "shop-key", Enumerable.Range(0, 50).Select(i =>
            $$$"""{"type":"page","anonymousId":"v{{{i % 7}}}","timestamp":"2024-05-02T12:00:{{{i:00}}}Z","properties":{"path":"/h{{{i}}}"} }"""));
        // Later sessions first, then the events that join them: the rows that went out are taken back.
        var now = DateTimeOffset.UtcNow.AddSeconds(-25);
        foreach (var half in (int[])[0, 2, 1])
        {
            foreach (var key in (string[])["shop-key", "blog-key"])
            {
                await PostAsync("/v1/events", key, Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture,
                    $$$"""{"type":"track","event":"e{{{half}}}","anonymousId":"live{{{i % 9}}}","userId":"u{{{i % 9}}}","messageId":"m{{{half}}}-{{{i}}}","timestamp":"{{{now.AddSeconds((half * 3) + (i / 9 * 0.25)):O}}}","properties":{"n":1.5,"deep":{"er":[1,"x"]},"text":"a\n\"b\" é😀"},"context":{"userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1","page":{"url":"https://shop.example/a?utm_source=mail"} } }""")));
            }
            if (half == 2)
            {
                await Wait.UntilAsync(
                    async () => await _product!.SqlAsync("SELECT uniqExact(visitor_id) FROM session_rows WHERE project = 'shop' AND lane = 'live'", CancellationToken.None) == "9", "live sessions in the table");
            }
        }
    }

    private string Csv(string name, int tenth, int rows)
    {
        var file = Path.Combine(_folder, name);
        var text = new StringBuilder("anonymousId,page,timestamp,messageId\n");
        for (var i = 0; i < rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"v{i / 5 % 17},/p{i % 13},2024-05-0{1 + (i / 150)}T10:{i / 60:00}:{i % 60:00}.{tenth}00Z,{(i % 3 == 0 ? $"{tenth}-{i}" : "")}\n");
        File.WriteAllText(file, text.ToString());
        return file;
    }

    /// <summary>A folder whose projects have short gaps and take late events.</summary>
    private string Folder(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "tidemark.json"), """
            {
              "projects": {"shop": {"keys": [{"key": "shop-key", "history": true}]}, "blog": {"keys": [{"key": "blog-key", "history": true}]}},
              "gap": "3500ms", "disorder": "500ms", "lateness": "10m"
            }
            """);
        return folder;
    }

    private async Task PostAsync(string path, string key, IEnumerable<string> events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _product!.Door(path)) { Content = new StringContent(string.Join('\n', events)) };
        request.Headers.Add("X-Write-Key", key);
        using var answer = await _product.Http.SendAsync(request);
        Assert.Contains("\"rejected\":[]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(string File, string Said)> ExportAsync(string name, string data, params string[] more)
    {
        var file = Path.Combine(_folder, name);
        var run = await LocalCommand.RunAsync(["export", file, "--data", data, .. more]);
        Assert.True(run.Status == 0, run.Out + run.Error);
        return (file, run.Out);
    }

    private static async Task ImportAsync(string file, string data, string key)
    {
        var run = await LocalCommand.RunAsync(["import", file, "--data", data, "--key", key]);
        Assert.True(run.Status == 0 && !run.Out.Contains("rejected", StringComparison.Ordinal), run.Out + run.Error);
    }

    /// <summary>Which import an event came by is another one in the rebuilt tables.</summary>
    private static string WithoutStream(string line) => line[..line.IndexOf("\"lane\":", StringComparison.Ordinal)];

    private static async Task<string> RowsAsync(string query, string data)
    {
        var rows = await LocalCommand.RunAsync("sql", query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return string.Join('\n', rows.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }
}
