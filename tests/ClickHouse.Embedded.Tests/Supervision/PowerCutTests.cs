using System.Net;

namespace Tidemark.ClickHouse.Embedded.Tests.Supervision;

/// <summary>
/// What a power cut leaves of a merge: the system had not written its result to the disk yet, so its files are there with their lengths and without their bytes. What it was made of was
/// written long ago.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const string Parts = "SELECT countIf(active), countIf(NOT active) FROM system.parts WHERE table = 'kept' AND database = currentDatabase()";

    private readonly string _folder = Directory.CreateTempSubdirectory("engine-power-cut-").FullName;
    private readonly int _port = FreePort.Take();

    private string Data => Path.Combine(_folder, "engine");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AMergeThatNeverCameToTheDisk_TakesNoRowWithIt()
    {
        string merged;
        await using (var engine = EngineFixture.Supervise(Data, _port))
        {
            await engine.StartAsync(CancellationToken.None);
            await WriteAsync("CREATE TABLE kept (a UInt64, text String) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100");
            for (var part = 0; part < 5; part++)
                await WriteAsync($"INSERT INTO kept SELECT number + {part * 1000}, repeat('x', 20) FROM numbers(1000)");
            await WriteAsync("OPTIMIZE TABLE kept FINAL");
            Assert.Equal("1\t5\n", await ReadAsync(Parts));
            merged = (await ReadAsync("SELECT path FROM system.parts WHERE table = 'kept' AND active")).Trim();
        }

        foreach (var file in Directory.GetFiles(merged))
            await File.WriteAllBytesAsync(file, new byte[new FileInfo(file).Length]);
        await using var again = EngineFixture.Supervise(Data, _port);
        await again.StartAsync(CancellationToken.None);
        Assert.Equal("5000\t5000\n", await ReadAsync("SELECT count(), uniqExact(a) FROM kept WHERE text = repeat('x', 20)"));
    }

    private Task<string> ReadAsync(string query) => SendAsync(query, writes: false);

    private Task<string> WriteAsync(string statement) => SendAsync(statement, writes: true);

    private async Task<string> SendAsync(string statement, bool writes)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/", UriKind.Relative)) { Content = new StringContent(statement) };
        if (writes || statement.Contains("system.parts", StringComparison.Ordinal))
        {
            request.Headers.Add("X-ClickHouse-User", "writer");
            request.Headers.Add("X-ClickHouse-Key", EngineFixture.Password);
        }
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return text;
    }
}
