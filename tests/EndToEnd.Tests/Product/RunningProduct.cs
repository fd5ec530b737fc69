using System.Net.Http.Headers;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>A product on a fresh folder, started as its users start it, with a gap of a few seconds so that sessions close while a test watches.</summary>
public sealed class RunningProduct : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-e2e-").FullName;

    internal LocalProcess Process { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Process = new LocalProcess(_folder, "--gap", "3s", "--disorder", "500ms", "--lateness", "1m");
        await Process.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task<(int Status, string Text)> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Process.Door(path)) { Content = new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "bG9jYWw6");
        using var answer = await Process.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    internal Task<string> SqlAsync(string query) => Process.SqlAsync(query, CancellationToken.None);

    /// <summary>Asks until the answer is the expected one.</summary>
    internal Task EventuallyAsync(string query, string expected) => Wait.ForAsync(() => SqlAsync(query), expected, query);
}

[CollectionDefinition(nameof(RunningProduct))]
public sealed class RunningProductGroup : ICollectionFixture<RunningProduct>;
