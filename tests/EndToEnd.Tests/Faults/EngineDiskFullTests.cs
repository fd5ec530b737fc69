using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Faults;

public sealed class EngineDiskFullTests : IDisposable
{
    private const int Events = 60;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_full_disk_under_ClickHouse_is_said_while_the_doors_go_on_and_loading_resumes_when_there_is_room()
    {
        var mount = Path.Combine(_folder, "clickhouse");
        Directory.CreateDirectory(mount);
        Skip.IfNot(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && (await Shell.RunAsync("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", mount])).Status == 0,
            "a full disk takes a small file system of its own, which only root on Linux can mount");
        try
        {
            await using var product = new LocalProcess(_folder);
            await product.StartAsync(CancellationToken.None);
            await PostAsync(product, "before");
            await EventuallyAsync(product, Events);
            var ballast = Path.Combine(mount, "ballast");
            Fill(ballast);
            await PostAsync(product, "full");
            await Wait.ForAsync(() => Task.FromResult(product.Said), static said => said.Contains("no room left on the disk", StringComparison.Ordinal), static () => "a line that says that there is no room");
            await PostAsync(product, "still full");
            Assert.Equal(Events.ToString(CultureInfo.InvariantCulture), await product.SqlAsync("SELECT count() FROM events", CancellationToken.None));
            File.Delete(ballast);
            await EventuallyAsync(product, 3 * Events);
        }
        finally
        {
            Assert.Equal(0, (await Shell.RunAsync("umount", [mount])).Status);
        }
    }

    /// <summary>Every one is answered 200, or the test fails.</summary>
    private static async Task PostAsync(LocalProcess product, string name)
    {
        for (var i = 0; i < Events; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, product.Door("/v1/events"))
            {
                Content = new StringContent($$"""{"type":"track","event":"{{name}}","anonymousId":"v{{i}}"}"""),
            };
            request.Headers.Add("X-Write-Key", "local");
            using var answer = await product.Http.SendAsync(request);
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    private static async Task EventuallyAsync(LocalProcess product, int count) => await Wait.ForAsync(
        () => product.SqlAsync("SELECT count() FROM events", CancellationToken.None), count.ToString(CultureInfo.InvariantCulture), "the events in the table");

    private static void Fill(string path)
    {
        using var file = File.Create(path, 1);
        try
        {
            for (var block = new byte[4096]; ;)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full now.
        }
    }
}
