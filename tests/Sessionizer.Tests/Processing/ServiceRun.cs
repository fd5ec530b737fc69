using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Processing;

/// <summary>The sessionizer as a host runs it, over a real RocksDB log in a folder of its own.</summary>
internal sealed class ServiceRun : IAsyncDisposable
{
    public const int Partitions = 2;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private ServiceProvider? _services;
    private IHostedService[] _hosted = [];

    public ServiceRun(string? folder = null)
    {
        _folder = folder ?? Directory.CreateTempSubdirectory("tidemark-sessionizer-").FullName;
        Log = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(Partitions), TimeProvider.System, NullLogger.Instance);
    }

    public IEventLog Log { get; private set; }

    public IServiceProvider Services => _services!;

    public async Task StartAsync(SessionizerOptions options)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(Log);
        services.AddSingleton(TimeProvider.System);
        services.AddSessionizer(options);
        _services = services.BuildServiceProvider();
        _hosted = [.. _services.GetServices<IHostedService>()];
        foreach (var hosted in _hosted)
            await hosted.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        foreach (var hosted in _hosted)
            await hosted.StopAsync(CancellationToken.None);
        await _services!.DisposeAsync();
        _services = null;
    }

    public async Task ReopenAsync()
    {
        await Log.DisposeAsync();
        Log = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(Partitions), TimeProvider.System, NullLogger.Instance);
    }

    public async Task SendAsync(string topic, params TestEvent[] events)
    {
        using var append = Log.NewAppend(topic);
        foreach (var e in events)
            append.Add(System.Text.Encoding.UTF8.GetBytes(e.Visitor), e.Encode(), e.Time);
        await Log.AppendAsync(append, CancellationToken.None);
    }

    public LogRange RangeOf(TopicPartition partition) => Log.RangeAsync(partition, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Everything that a topic holds, all partitions.</summary>
    public List<(byte[] Key, byte[] Value)> All(string topic)
    {
        var all = new List<(byte[], byte[])>();
        for (var partition = 0; partition < Partitions; partition++)
        {
            var source = new TopicPartition(topic, partition);
            var range = RangeOf(source);
            using var reader = Log.OpenReader(source, range.Start);
            while (reader.Position < range.End && reader.ReadAsync(TimeSpan.Zero, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                foreach (var record in reader.Records)
                    all.Add((record.Key.ToArray(), record.Value.ToArray()));
            }
        }
        return all;
    }

    public CollectedOutput Sessions()
    {
        var output = new CollectedOutput();
        foreach (var (key, value) in All(Topics.Sessions))
        {
            if (Contracts.Imports.ImportClosed.Is(value))
            {
                output.Closed(key, value);
                continue;
            }
            var row = TestRow.Decode(value);
            output.Row(key, value, row.Sign < 0 ? Sessionizer.Sessions.SessionRowKind.Retraction
                : row.Version > 1 ? Sessionizer.Sessions.SessionRowKind.Correction : Sessionizer.Sessions.SessionRowKind.First);
        }
        return output;
    }

    public async Task<HealthReport> HealthAsync() => await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await StopAsync();
        await Log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
