using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Aggregator;
using Tidemark.ClickHouse.Embedded.Supervision;
using Tidemark.Cluster;
using Tidemark.Collector;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.RocksDb;
using Tidemark.HttpHardening;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Sessionizer;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>The three services over a real log and a real engine, on a loopback port, with short intervals so that every instrument has something to tell soon.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private const string Password = "test-writer";

    private readonly string _folder;
    private readonly EngineProcess _engine;
    private readonly RocksDbEventLog? _log;
    private readonly WebApplication _app;

    private Pipeline(string folder, EngineProcess engine, RocksDbEventLog? log, WebApplication app)
    {
        (_folder, _engine, _log, _app) = (folder, engine, log, app);
        Client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()) };
    }

    internal HttpClient Client { get; }

    internal IServiceProvider Services => _app.Services;

    /// <param name="telemetry">Where traces go.</param>
    /// <param name="kafka">The log; null for the local one.</param>
    internal static async Task<Pipeline> StartAsync(TelemetryOptions telemetry, KafkaLogOptions? kafka = null)
    {
        var folder = Directory.CreateTempSubdirectory("telemetry-tests-").FullName;
        var port = FreePort.Take();
        var engine = new EngineProcess(
            new EngineProcessOptions
            {
                FileName = "dotnet",
                Arguments = [typeof(Program).Assembly.Location, "engine", Path.Combine(folder, "clickhouse"), port.ToString()],
                Port = port,
                WriterPassword = Password,
            },
            NullLogger.Instance, TimeProvider.System);
        await engine.StartAsync(CancellationToken.None);
        RocksDbEventLog? local = null;
        var app = Build(telemetry, new Uri($"http://127.0.0.1:{port}/"), services =>
        {
            if (kafka is not null)
            {
                services.AddKafkaLog(kafka);
                return;
            }
            var topics = PipelineTopics.Definitions(2, TimeSpan.FromDays(7), TimeSpan.FromDays(7));
            local = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = Path.Combine(folder, "log") }, topics, TimeProvider.System, NullLogger.Instance);
            services.AddSingleton<IEventLog>(new TraceCarryingLog(local)).AddRetentionMetrics(topics);
        });
        await app.StartAsync();
        if (kafka is not null)
            await app.Services.GetRequiredService<KafkaEventLog>().Checked.WaitAsync(TimeSpan.FromMinutes(2));
        return new Pipeline(folder, engine, local, app);
    }

    internal async Task<string> PostAsync(string body, string path = "/v1/events", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Add("X-Write-Key", "key");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Puts messages into the topic of the Kafka door, as a producer would.</summary>
    internal async Task IntakeAsync(params string[] messages)
    {
        var log = Services.GetRequiredService<IEventLog>();
        using var append = log.NewAppend(Topics.Intake);
        foreach (var message in messages)
            append.Add("k"u8, Encoding.UTF8.GetBytes(message), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await log.AppendAsync(append, CancellationToken.None);
    }

    /// <summary>Ends ClickHouse for good.</summary>
    internal ValueTask StopEngineAsync() => _engine.DisposeAsync();

    internal async Task<Exposition> MetricsAsync() => new(await Client.GetStringAsync("/metrics"));

    /// <summary>Scrapes until the exposition has what is asked for.</summary>
    internal Task<Exposition> MetricsAsync(Func<Exposition, bool> until) => Wait.ForAsync(MetricsAsync, until, static () => "metrics as they are asked for", pause: TimeSpan.FromMilliseconds(300));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_log is not null)
            await _log.DisposeAsync();
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static WebApplication Build(TelemetryOptions telemetry, Uri clickHouse, Action<IServiceCollection> addLog)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(new DoorLimits());
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddServiceDefaults("test").AddTracing(telemetry);
        addLog(builder.Services);
        builder.Services.AddCollector(new CollectorOptions { IntakeTopic = true, Projects = [new ProjectOptions { Name = "shop", Keys = [new WriteKeyOptions { Key = "key", History = true }] }] });
        builder.Services.AddSessionizer(new SessionizerOptions
        {
            Gap = TimeSpan.FromSeconds(1),
            Disorder = TimeSpan.Zero,
            Lateness = TimeSpan.FromSeconds(30),
            CommitInterval = TimeSpan.FromMilliseconds(50),
        });
        builder.Services.AddAggregator(new AggregatorOptions
        {
            ClickHouseUrl = clickHouse,
            User = "writer",
            Password = Password,
            SmallInterval = TimeSpan.FromMilliseconds(50),
            LargeInterval = TimeSpan.FromMilliseconds(50),
        });
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapCollector();
        return app;
    }
}
