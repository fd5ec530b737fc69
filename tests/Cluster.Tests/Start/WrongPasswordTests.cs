using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Start;

/// <summary>ClickHouse is there and refuses: somebody has to act, in ClickHouse or in the settings.</summary>
public sealed class WrongPasswordTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-password-").FullName;
    private readonly int _port = FreePort.Take();
    private ChildProcess _engine = null!;

    private string PasswordFile => Path.Combine(_folder, "password");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, "right one\n");
        _engine = new ChildProcess(
            "engine", "tidemark.dll",
            ["engine", "--empty", "--sql-port", _port.ToString(CultureInfo.InvariantCulture), "--data", Path.Combine(_folder, "data"), "--writer-password-file", PasswordFile],
            new Dictionary<string, string>(), new Uri($"http://127.0.0.1:{_port}/ping"));
        await _engine.StartReadyAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Aggregator_WithTheWrongPassword_SaysSoWaitsAndGoesOnWhenItIsRight()
    {
        var aggregator = Aggregator(("Aggregator:Password", "wrong one"));
        await using var _ = aggregator.Process;
        aggregator.Process.Start();
        var answer = await Doors.EventuallyAsync(aggregator, "ready", answer => answer.Text.Contains("the loader cannot start yet and keeps trying: ClickHouse answered 403", StringComparison.Ordinal));
        Assert.Equal(503, answer.Status);
        Assert.Contains("writer", aggregator.Process.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong one", aggregator.Process.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", aggregator.Process.Said, StringComparison.Ordinal);
        Assert.True(aggregator.Process.IsRunning);

        await _engine.TerminateAsync(TimeSpan.FromMinutes(1));
        await File.WriteAllTextAsync(PasswordFile, "wrong one\n");
        await _engine.StartReadyAsync(CancellationToken.None);
        await Doors.EventuallyAsync(aggregator, "ready", answer => answer.Text.Contains("\"loader\":{\"status\":\"healthy\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Aggregator_WithThePasswordFromItsFile_IsTakenByClickHouse()
    {
        var aggregator = Aggregator(("Aggregator:PasswordFile", PasswordFile));
        aggregator.Process.Start();
        await using var _ = aggregator.Process;
        // Kafka is not there, so this is as ready as it gets.
        await Doors.EventuallyAsync(aggregator, "ready", answer => answer.Text.Contains("\"clickhouse\":{\"status\":\"healthy\"", StringComparison.Ordinal)
            && answer.Text.Contains("\"loader\":{\"status\":\"healthy\"", StringComparison.Ordinal));
    }

    private ServiceInstance Aggregator(params (string Key, string Value)[] settings) => Lonely.Service(
        "Aggregator", [("Aggregator:ClickHouseUrl", $"http://127.0.0.1:{_port}/"), ("Aggregator:User", "writer"), ("Logging:Format", "Plain"), .. settings]);
}
