using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tidemark.Aggregator;
using Tidemark.Contracts;
using Tidemark.EventLog.RocksDb;
using Tidemark.Local.Export;
using Tidemark.ServiceDefaults;

namespace Tidemark.Local.Tests.Export;

/// <summary>An export waits for the tables, and not for ever.</summary>
public sealed class LoadedLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-loaded-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Wait_LoaderGetsNoFurther_EndsWithHowFarItIs()
    {
        await using var log = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(1), TimeProvider.System, NullLogger.Instance);
        using var metrics = new AggregatorMetrics();
        var time = new FakeTimeProvider();
        // Never started: it loads nothing.
        using var loader = new AggregatorService(new AggregatorOptions(), log, metrics, new AggregatorHealth(), time, Random.Shared, NullLogger<AggregatorService>.Instance);
        var loaded = new LoadedLog(log, loader, time);
        await loaded.WaitAsync(CancellationToken.None);

        using var append = log.NewAppend(Topics.History);
        append.Add("v"u8, "x"u8, 0);
        await log.AppendAsync(append, CancellationToken.None);
        var waiting = loaded.WaitAsync(CancellationToken.None);
        for (var i = 0; i < 100_000 && !waiting.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        var failed = await Assert.ThrowsAsync<CommandFailedException>(() => waiting);
        Assert.StartsWith("events.history/0 is in the tables up to offset 0 of 1 and got no further for 5 minutes", failed.Message, StringComparison.Ordinal);
    }
}
