using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Collector;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.Local.Demo;
using Tidemark.Local.Demo.Traffic;
using Tidemark.Local.Import.Sending;
using Tidemark.ServiceDefaults;

namespace Tidemark.Local.Tests.Demo;

/// <summary>The real collector over a real log takes every event that the demo can make.</summary>
public sealed class CollectorRulesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset End = new(2026, 11, 20, 15, 7, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-demo-").FullName;
    private RocksDbEventLog _log = null!;
    private WebApplication _app = null!;
    private Uri _address = null!;

    public async Task InitializeAsync()
    {
        _log = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(1, intakeRetention: TimeSpan.FromDays(7)), TimeProvider.System, NullLogger.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IEventLog>(_log);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddServiceDefaults("test");
        builder.Services.AddCollector(new CollectorOptions { Projects = [new ProjectOptions { Name = "local", Keys = [new WriteKeyOptions { Key = "local", History = true }] }] });
        _app = builder.Build();
        _app.MapCollector();
        await _app.StartAsync();
        _address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    [Fact]
    public async Task Every_event_of_several_days_is_taken_by_the_history_door()
    {
        foreach (var seed in Seeds.Take(unchanging: 3, fresh: 2))
        {
            var day = Day.Generate(seed, End);
            using var client = new HistoryClient(_address, "local", day.ImportId, 0, TimeProvider.System);
            foreach (var chunk in day.Events.Chunk(1000))
            {
                var (accepted, rejected) = await client.SendAsync(Lines.Of(chunk), CancellationToken.None);
                Assert.True(rejected.Count == 0, $"seed {seed}: {rejected.FirstOrDefault()}");
                Assert.Equal(chunk.Length, accepted);
            }
        }
    }

    [Fact]
    public async Task Every_live_event_is_taken_by_the_live_door()
    {
        var trickle = new Trickle(Day.Generate(100, End));
        using var client = new LiveClient(_address, "local");

        Assert.Null(await client.TrySendAsync([.. Enumerable.Range(0, 1000).Select(_ => trickle.Next(DateTimeOffset.UtcNow))], CancellationToken.None));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
