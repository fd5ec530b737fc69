using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>The local edition on a ClickHouse server that is there, with <c>--clickhouse</c>. The server is the <c>engine</c> command on a folder of its own.</summary>
public sealed class ClickHouseServerTests : IAsyncLifetime
{
    private const int Events = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-server-").FullName;
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly int _port = FreePort.Take();
    private readonly ChildProcess _server;
    private readonly string _passwordFile;

    public ClickHouseServerTests()
    {
        _passwordFile = Path.Combine(_folder, "password");
        File.WriteAllText(_passwordFile, _password + "\n");
        _server = new ChildProcess(
            "server",
            "tidemark.dll",
            ["engine", "--empty", "--sql-port", _port.ToString(CultureInfo.InvariantCulture), "--data", Path.Combine(_folder, "server")],
            new Dictionary<string, string> { ["TIDEMARK_WRITER_PASSWORD"] = _password },
            new Uri($"http://127.0.0.1:{_port}/ping"));
    }

    private string Data => Path.Combine(_folder, "data");

    private string Address => $"http://127.0.0.1:{_port}";

    private string[] Access => ["--clickhouse-user", "writer", "--clickhouse-password-file", _passwordFile];

    public async Task InitializeAsync() => await _server.StartReadyAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Events_are_loaded_there_exactly_once_with_no_engine_of_its_own()
    {
        await using (var product = Product())
        {
            await product.StartAsync(CancellationToken.None);
            await PostAsync(product, "v");
            Assert.Empty(product.Children());
            product.Kill();
        }
        await using var again = Product();
        await again.StartAsync(CancellationToken.None);
        // A client that had no answer sends again what it sent; and more comes.
        await PostAsync(again, "v");
        await PostAsync(again, "w");
        await EventuallyAsync("SELECT count(), uniqExact(event_id) FROM events", $"{2 * Events}\t{2 * Events}");
        await EventuallyAsync("SELECT count(), sum(events) FROM sessions", $"2\t{2 * Events}");

        Assert.False(Directory.Exists(Path.Combine(Data, "clickhouse")), "an engine was started");
        Assert.True(Tidemark.Local.Hosting.Ports.IsFree(again.SqlPort), "the SQL port is open");
        Assert.Contains($"SQL     {Address}", again.Said, StringComparison.Ordinal);
        Assert.Contains("not used with --clickhouse, since no engine is started and no SQL port is opened: sql-port", again.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(_password, again.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(_password, await File.ReadAllTextAsync($"/proc/{again.Id}/cmdline"), StringComparison.Ordinal);
        await Commands_work_beside_it();
    }

    /// <summary>Those that find the running product by its data folder; the way in to the server is theirs to be told.</summary>
    private async Task Commands_work_beside_it()
    {
        var (status, count, error) = await LocalCommand.RunAsync(["sql", "--data", Data, .. Access, "SELECT count() FROM events"]);
        Assert.Equal((0, $"{2 * Events}", ""), (status, count.Trim(), error));

        // Reads only, though the user may write.
        (status, _, error) = await LocalCommand.RunAsync(["sql", "--data", Data, .. Access, "DROP TABLE events"]);
        Assert.Equal(1, status);
        Assert.Contains("readonly", error, StringComparison.OrdinalIgnoreCase);

        var file = Path.Combine(_folder, "old.csv");
        await File.WriteAllTextAsync(file, "anonymousId,event,timestamp\na,x,2024-05-01\nb,x,2024-05-02\n");
        (status, _, error) = await LocalCommand.RunAsync("import", file, "--data", Data, "--clickhouse-user", "writer");
        Assert.Equal(1, status);
        Assert.Contains($"ClickHouse at {Address}/ refuses user writer", error, StringComparison.Ordinal);
        (status, var said, error) = await LocalCommand.RunAsync(["import", file, "--data", Data, .. Access]);
        Assert.True(status == 0, error);
        Assert.Contains("imported 2 ", said, StringComparison.Ordinal);
        Assert.Equal("2", await SqlAsync("SELECT count() FROM events WHERE lane = 'history'"));
        (status, _, error) = await LocalCommand.RunAsync(["import", "--undo", file, "--data", Data, .. Access]);
        Assert.True(status == 0, error);
        Assert.Equal("0", await SqlAsync("SELECT count() FROM events WHERE lane = 'history'"));

        (status, var exported, error) = await LocalCommand.RunAsync("export", "--data", Data);
        Assert.True(status == 0, error);
        Assert.Equal(2 * Events, exported.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        // The product is asked where it loads that server; otherwise, and where no product and no log is, the server alone.
        (status, var asked, error) = await LocalCommand.RunAsync(["export", "--data", Data, "--clickhouse", Address, .. Access]);
        Assert.Equal((0, exported, $"exported {2 * Events} events"), (status, asked, error.Split(" in ")[0]));
        (status, var read, error) = await LocalCommand.RunAsync(["export", "--data", Path.Combine(_folder, "none"), "--clickhouse", Address, .. Access]);
        Assert.Equal((0, exported), (status, read));
        Assert.StartsWith($"reading the tables at {Address}/ as they are", error, StringComparison.Ordinal);
        (status, _, error) = await LocalCommand.RunAsync(["export", "--clickhouse", Address, "--clickhouse-user", "writer"]);
        Assert.Equal(1, status);
        Assert.Contains("ClickHouse answered 4", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_a_folder_whose_tables_are_elsewhere_says_so()
    {
        await using (var product = Product())
        {
            await product.StartAsync(CancellationToken.None);
            await PostAsync(product, "v");
        }
        var (status, _, error) = await LocalCommand.RunAsync("export", "--data", Data);
        Assert.Equal(1, status);
        Assert.StartsWith($"there are no tables in {Data}: if 'run' used a ClickHouse server, name it with --clickhouse", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "clickhouse")), "an engine was started");
    }

    [Fact]
    public async Task The_demo_runs_on_it_too()
    {
        var (status, output, error) = await LocalCommand.RunAsync(["demo", "--exit", "--data", Data, "--http-port", "0", "--clickhouse", Address, "--clickhouse-database", "shop", .. Access]);
        Assert.True(status == 0, $"{output}\n{error}");
        Assert.Equal("", error);
        Assert.Contains($"ClickHouse at {Address}/, database shop", output, StringComparison.Ordinal);
        Assert.NotEqual("0", await SqlAsync("SELECT count() FROM shop.sessions"));
    }

    [Fact]
    public async Task What_would_wait_for_ever_says_so_instead()
    {
        var nobody = $"http://127.0.0.1:{FreePort.Take()}";
        var (status, _, error) = await LocalCommand.RunAsync("sql", "--clickhouse", nobody, "SELECT 1");
        Assert.Equal(1, status);
        Assert.StartsWith($"ClickHouse at {nobody}/ does not answer", error, StringComparison.Ordinal);

        (status, _, error) = await LocalCommand.RunAsync("demo", "--exit", "--clickhouse", Address, "--clickhouse-database", "tidemark");
        Assert.Equal(1, status);
        Assert.StartsWith("the demo's own data folder is emptied at every start", error, StringComparison.Ordinal);

        (status, _, error) = await LocalCommand.RunAsync("run", "--data", Data, "--clickhouse-password", "hush");
        Assert.Equal(1, status);
        Assert.StartsWith("--clickhouse-password is a secret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error, StringComparison.Ordinal);
    }

    private LocalProcess Product() => new(Data, ["--clickhouse", Address, .. Access, "--gap", "2s"]);

    private static async Task PostAsync(LocalProcess product, string visitor)
    {
        var now = DateTimeOffset.UtcNow;
        var events = Enumerable.Range(0, Events).Select(i =>
            $$"""{"type":"track","event":"e{{i}}","anonymousId":"{{visitor}}","messageId":"{{visitor}}-{{i}}","timestamp":"{{now.AddMilliseconds(i):O}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, product.Door("/v1/events")) { Content = new StringContent($"[{string.Join(',', events)}]") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "bG9jYWw6");
        using var answer = await product.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> SqlAsync(string query)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PostAsync(new Uri($"{Address}/?database=tidemark&user=reader&default_format=TSVRaw"), new StringContent(query));
        return (await answer.Content.ReadAsStringAsync()).TrimEnd('\n');
    }

    private async Task EventuallyAsync(string query, string expected) => await Wait.ForAsync(() => SqlAsync(query), expected, query);
}
