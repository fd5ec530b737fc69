using System.Globalization;
using System.Text;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>An engine without the door's checks and with every grant: nothing is left but what the system keeps its process from.</summary>
public sealed class UnguardedEngine : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("confinement-tests-").FullName;
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(3) };
    EngineProcess? _process;

    public string DataPath => Path.Combine(_folder, "engine");

    public string ConfigurationPath => DataPath + "-config";

    internal EngineProcess Process => _process!;

    public async Task InitializeAsync()
    {
        _process = EngineFixture.Supervise(DataPath, FreePort.Take(), "--no-door-checks", "--no-engine-checks");
        await _process.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the writer gets, success or not.</summary>
    internal async Task<(int Status, string Text)> TryAsync(string sql, string url = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Process.Address, url)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(sql)) };
        request.Headers.Add("X-ClickHouse-User", "writer");
        request.Headers.Add("X-ClickHouse-Key", EngineFixture.Password);
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    internal async Task<string> RunAsync(string sql, string url = "/")
    {
        var (status, text) = await TryAsync(sql, url);
        Assert.True(status == 200, $"{sql}\n{text}");
        return text;
    }

    /// <summary>The fields of a file under /proc/PID/task/*/ that lists names and values, one set a thread.</summary>
    internal List<Dictionary<string, string>> Threads() => [.. Directory.GetDirectories($"/proc/{Process.ProcessId.ToString(CultureInfo.InvariantCulture)}/task")
        .Select(thread => File.ReadLines(Path.Combine(thread, "status")).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim()))];
}
