using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>Projects, keys and origins of a configuration file in the local edition, as the cluster's collector has them.</summary>
public sealed class ProjectsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-projects-").FullName;
    private readonly LocalProcess _product;

    public ProjectsTests()
    {
        File.WriteAllText(Path.Combine(_folder, "tidemark.json"), """
            {
              "projects": {"shop": {"keys": [{"key": "shop-key"}, {"key": "shop-history", "history": true}, {"key": "shop-old", "revoked": true}]}},
              "projectRules": {"shop": {"gap": "1s"}},
              "allowedOrigins": ["https://shop.example.org"]
            }
            """);
        _product = new LocalProcess(_folder);
    }

    public async Task InitializeAsync() => await _product.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _product.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_key_writes_to_its_project_by_its_rules_and_an_import_too()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync("local", null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("shop-key", "https://shop.example.org"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("shop-old", null));
        // The ready key is everybody's: a page needs the permission of its origin.
        Assert.Equal(HttpStatusCode.OK, await PostAsync("local", "https://shop.example.org"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("local", "https://other.example.org"));

        var file = Path.Combine(_folder, "old.csv");
        await File.WriteAllTextAsync(file, "anonymousId,event,timestamp\na,x,2024-05-01\nb,x,2024-05-02\n");
        var (status, said, error) = await LocalCommand.RunAsync("import", file, "--data", _folder, "--key", "shop-history");
        Assert.True(status == 0, error);
        Assert.Contains("imported 2 ", said, StringComparison.Ordinal);

        await EventuallyAsync("SELECT project, countIf(lane = 'live'), countIf(lane = 'history') FROM events GROUP BY project ORDER BY project", "local\t2\t0\nshop\t1\t2");
        // By the rule of its project a second is a session's end; the other's goes on for half an hour.
        await EventuallyAsync("SELECT project, countIf(lane = 'live') FROM sessions GROUP BY project ORDER BY project", "shop\t1");
    }

    private async Task<HttpStatusCode> PostAsync(string key, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _product.Door("/v1/events")) { Content = new StringContent("""{"type":"page","anonymousId":"v"}""") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await _product.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task EventuallyAsync(string query, string expected) => await Wait.ForAsync(() => _product.SqlAsync(query, CancellationToken.None), expected, query);
}
