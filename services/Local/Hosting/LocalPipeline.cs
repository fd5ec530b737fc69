using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.Local.Configuration;
using Tidemark.ServiceDefaults;

namespace Tidemark.Local.Hosting;

/// <summary>
/// The whole pipeline in one process on one data folder: lock, log, engine child (unless a ClickHouse server is used), collector, sessionizer, aggregator. Started in that order; stopped in the
/// other, so that what was taken in is committed before the log closes.
/// </summary>
internal sealed class LocalPipeline : IAsyncDisposable
{
    /// <summary>Partitions of the log; part of the data, the log refuses another number.</summary>
    private const int Partitions = 2;

    private readonly FolderLock _lock;
    private readonly RocksDbEventLog _log;
    private readonly EngineChild? _engine;
    private readonly WebApplication _app;
    private readonly ILoggerFactory _loggers;

    private LocalPipeline(FolderLock folder, RocksDbEventLog log, EngineChild? engine, WebApplication app, ILoggerFactory loggers, InstanceInfo instance)
    {
        (_lock, _log, _engine, _app, _loggers) = (folder, log, engine, app, loggers);
        Instance = instance;
    }

    public InstanceInfo Instance { get; }

    /// <summary>Starts everything and returns when the doors and the engine answer; takes over the folder's lock.</summary>
    public static async Task<LocalPipeline> StartAsync(LocalOptions options, string command, FolderLock folder, CancellationToken cancellation)
    {
        var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, options.Verbose));
        var undo = new Stack<IAsyncDisposable>([new Later(folder), new Later(loggers)]);
        try
        {
            var httpPort = Ports.Resolve(options.HttpPort, "http-port");
            if (UnusedOptions.Line(options) is { } unused)
                await Console.Error.WriteLineAsync(unused);
            var engine = options.UsesServer
                ? null
                : new EngineChild(options, await Ports.ResolveForEngineAsync(options, cancellation), loggers.CreateLogger("Tidemark.Local.Engine"));
            if (engine is not null)
                undo.Push(engine);
            // The engine takes longest; the doors do not need it.
            using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var engineStarts = engine?.StartAsync(starting.Token) ?? Task.CompletedTask;
            try
            {
                var log = OpenLog(options, loggers);
                undo.Push(log);
                var instance = new InstanceInfo(Environment.ProcessId, command, httpPort, engine?.Port ?? 0, Partitions, options.Data);
                if (options.UsesServer)
                    instance = instance with { ClickHouse = options.Aggregator.ClickHouseUrl, Database = options.Aggregator.Database };
                var app = LocalRegistration.Build(options, instance, log, engine);
                undo.Push(app);
                await StartAsync(app, httpPort, cancellation);
                undo.Push(new Stop(app));
                await engineStarts;
                instance.Write();
                return new LocalPipeline(folder, log, engine, app, loggers, instance);
            }
            catch
            {
                await starting.CancelAsync();
                await engineStarts.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
                throw;
            }
        }
        catch
        {
            foreach (var started in undo)
                await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every part says it is ready.</summary>
    public async Task WaitReadyAsync(CancellationToken cancellation)
    {
        var health = _app.Services.GetRequiredService<HealthCheckService>();
        while ((await health.CheckHealthAsync(check => check.Tags.Contains(ServiceDefaultsExtensions.ReadyTag), cancellation)).Status != HealthStatus.Healthy)
            await Task.Delay(50, cancellation);
    }

    /// <summary>
    /// Does work that needs the pipeline; when a part of it fails for good the host stops, and so does the work, with a line that says so instead of waiting for ever.
    /// </summary>
    public async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var stopped = _app.Lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopped);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException("a part of the pipeline failed (see above) and everything was stopped; nothing acknowledged is lost: start again");
        }
    }

    internal static RocksDbEventLog OpenLog(LocalOptions options, ILoggerFactory loggers)
    {
        try
        {
            return RocksDbEventLog.Open(
                new RocksDbLogOptions { Directory = DataFolder.Log(options.Data) }, Topics(options), TimeProvider.System, loggers.CreateLogger("Tidemark.EventLog"));
        }
        catch (LogException e)
        {
            throw new CommandFailedException(e.Message);
        }
    }

    private static IReadOnlyList<TopicDefinition> Topics(LocalOptions options) =>
        PipelineTopics.Definitions(
            Partitions,
            options.LogRetention > TimeSpan.Zero ? options.LogRetention : null,
            retentionBytes: options.LogSize is { } mebibytes ? (mebibytes > 0 ? (long)mebibytes << 20 : null) : LogShare.Of(options.Data));

    private static async Task StartAsync(WebApplication app, int port, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandFailedException($"port {port} of 127.0.0.1 is taken: stop what uses it, or choose another port with --http-port");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // What did not drain in time is replayed from the log at the next start.
        }
        await _app.DisposeAsync();
        await _log.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
        _lock.Dispose();
        _loggers.Dispose();
    }

    private sealed class Stop(WebApplication app) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await app.StopAsync(CancellationToken.None);
    }

    private sealed class Later(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
