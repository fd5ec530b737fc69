using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tidemark.ClickHouse.Embedded.Tests.Supervision;

public sealed class EngineProcessTests : IDisposable
{
    // A hang is a failure; nothing here is about speed.
    static readonly TimeSpan _bound = TimeSpan.FromMinutes(4);

    readonly string _folder = Directory.CreateTempSubdirectory("engine-process-").FullName;

    // Its configuration lies beside it.
    string Data => Path.Combine(_folder, "engine");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Child_KilledHard_IsStartedAgainWithItsData()
    {
        var port = FreePort.Take();
        await using var engine = EngineFixture.Supervise(Data, port);
        await engine.StartAsync(CancellationToken.None);
        using var http = new HttpClient { BaseAddress = engine.Address };
        using (var create = new HttpRequestMessage(HttpMethod.Post, new Uri("/", UriKind.Relative)) { Content = new StringContent("CREATE TABLE kept ENGINE = MergeTree ORDER BY a AS SELECT 42 AS a") })
        {
            create.Headers.Add("X-ClickHouse-User", "writer");
            create.Headers.Add("X-ClickHouse-Key", EngineFixture.Password);
            using var created = await http.SendAsync(create);
            Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        }

        for (var i = 1; i <= 3; i++)
        {
            var child = engine.ProcessId;
            var restarts = engine.Restarts;
            using (var process = Process.GetProcessById(child))
                process.Kill();
            await Wait.UntilAsync(() => engine.Restarts > restarts && engine.IsReady, "the restart");
            Assert.NotEqual(child, engine.ProcessId);
            Assert.Equal("42\n", await http.GetStringAsync(new Uri("/?query=SELECT+a+FROM+kept", UriKind.Relative)));
        }

        var last = engine.ProcessId;
        await engine.StopAsync();
        Assert.False(engine.IsReady);
        Assert.False(Alive(last));
    }

    [Fact]
    public async Task Parent_KilledHard_TakesTheChildWithIt()
    {
        using var parent = Host("supervise", Data, FreePort.Take().ToString(CultureInfo.InvariantCulture));
        var line = await parent.StandardOutput.ReadLineAsync();
        var child = int.Parse(line!["child ".Length..], CultureInfo.InvariantCulture);
        Assert.True(Alive(child));
        parent.Kill();
        await Wait.UntilAsync(() => !Alive(child), "the end of the child");
    }

    [Fact]
    public async Task Start_OnAFolderInUse_SaysSo()
    {
        await using var first = EngineFixture.Supervise(Data, FreePort.Take());
        await first.StartAsync(CancellationToken.None);
        await using var second = EngineFixture.Supervise(Data, FreePort.Take());
        var failure = await Assert.ThrowsAsync<EngineException>(() => second.StartAsync(CancellationToken.None));
        Assert.Equal(EngineFailure.FolderInUse, failure.Failure);
        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnATakenPort_SaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var engine = EngineFixture.Supervise(Data, ((IPEndPoint)listener.LocalEndpoint).Port);
        var failure = await Assert.ThrowsAsync<EngineException>(() => engine.StartAsync(CancellationToken.None));
        Assert.Equal(EngineFailure.PortTaken, failure.Failure);
    }

    [Fact]
    public async Task Start_OnAFileAsFolder_SaysSo()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");
        await using var engine = EngineFixture.Supervise(file, FreePort.Take());
        var failure = await Assert.ThrowsAsync<EngineException>(() => engine.StartAsync(CancellationToken.None));
        Assert.Equal(EngineFailure.FolderNotWritable, failure.Failure);
    }

    /// <summary>Null reference, division by zero and a forced collection beside a loop, all after connecting: see reference of libchdb's signals.</summary>
    [Fact]
    public async Task Runtime_BesideAConnectedEngine_KeepsItsSignals()
    {
        using var host = Host("signals", Data);
        using var bound = new CancellationTokenSource(_bound);
        try
        {
            var said = await host.StandardOutput.ReadToEndAsync(bound.Token);
            Assert.Equal(string.Concat(Enumerable.Repeat("null reference: passed\ndivision by zero: passed\ncollection: passed\n", 3)), said);
            await host.WaitForExitAsync(bound.Token);
            Assert.Equal(0, host.ExitCode);
        }
        finally
        {
            if (!host.HasExited)
                host.Kill();
        }
    }

    static Process Host(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [EngineFixture.HostPath, .. arguments]) { RedirectStandardOutput = true })!;

    static bool Alive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
