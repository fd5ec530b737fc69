using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>The intake door as a collector runs it.</summary>
internal sealed class IntakeRun : IAsyncDisposable
{
    internal const int Partitions = 3;

    internal static readonly CollectorOptions Fast = CollectorHost.Options with { IntakeTopic = true, IntakeCommitInterval = TimeSpan.FromMilliseconds(20) };

    private readonly CollectorOptions _options;
    private readonly TimeProvider _time;
    private readonly Action _cleanUp;
    private ServiceProvider? _services;

    private IntakeRun(IEventLog log, CollectorOptions options, TimeProvider time, Action cleanUp)
    {
        (_options, _time, _cleanUp) = (options, time, cleanUp);
        Log = new FaultyLog(log);
    }

    /// <summary>Over the real local log in a folder of its own; the time of day stands at <see cref="CollectorHost.Now"/>.</summary>
    /// <param name="options">The collector's; default <see cref="Fast"/>.</param>
    /// <param name="folder">A folder to go on with; default a new one.</param>
    /// <param name="shared">True when others go on with the folder, and by the real time.</param>
    /// <param name="heldBytes">What <see cref="ForgetAsync"/> leaves of a partition of the intake topic; null keeps all.</param>
    internal static IntakeRun OnRocks(CollectorOptions? options = null, string? folder = null, bool shared = false, long? heldBytes = null)
    {
        folder ??= Directory.CreateTempSubdirectory("collector-intake-").FullName;
        var log = RocksDbEventLog.Open(
            new RocksDbLogOptions { Directory = folder, RetentionInterval = TimeSpan.Zero, MaxBatchBytes = 1024 },
            [.. PipelineTopics.Definitions(Partitions, intakeRetention: TimeSpan.FromDays(7)).Select(t => t.Name == Topics.Intake ? t with { RetentionBytes = heldBytes } : t)], TimeProvider.System, NullLogger.Instance);
        return new IntakeRun(log, options ?? Fast, shared ? TimeProvider.System : new StandingClock(), shared ? static () => { } : () => Directory.Delete(folder, recursive: true));
    }

    /// <summary>Over a log on a real broker, whose topics have the prefix; the time is the real one.</summary>
    internal static async Task<IntakeRun> OnKafkaAsync(string bootstrapServers, string prefix)
    {
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = bootstrapServers, TopicPrefix = prefix, Partitions = Partitions, SessionTimeout = TimeSpan.FromSeconds(6) },
            PipelineTopics.Definitions(Partitions, intakeRetention: TimeSpan.FromDays(7)), TimeProvider.System, NullLogger.Instance);
        var run = new IntakeRun(log, Fast, TimeProvider.System, static () => { });
        await log.Checked.WaitAsync(TimeSpan.FromMinutes(2));
        return run;
    }

    internal FaultyLog Log { get; }

    /// <summary>Of the collector that runs now; null when none does.</summary>
    internal IServiceProvider? Services => _services;

    /// <summary>Called when the collector's parts are made, before it reads.</summary>
    internal Action Built { get; set; } = static () => { };

    /// <summary>Puts messages into one partition of the topic, without keys.</summary>
    internal Task SendAsync(int partition, params string[] messages) => SendAsync(partition, messages.Select(Encoding.UTF8.GetBytes));

    internal async Task SendAsync(int partition, IEnumerable<byte[]> messages)
    {
        using var append = Log.NewAppend(Topics.Intake);
        foreach (var message in messages)
            append.AddTo(partition, default, message, _time.GetUtcNow().ToUnixTimeMilliseconds());
        await Log.AppendAsync(append, CancellationToken.None);
    }

    /// <summary>Removes the oldest messages, read or not.</summary>
    internal Task ForgetAsync() => ((RocksDbEventLog)Log.Inner).RunRetentionAsync(CancellationToken.None);

    internal async Task StartAsync()
    {
        _services = new ServiceCollection().AddLogging().AddSingleton<IEventLog>(Log).AddSingleton(_time).AddCollector(_options).BuildServiceProvider();
        var door = Door(_services);
        Built();
        await door.StartAsync(CancellationToken.None);
    }

    /// <summary>Stops as a host does: what was taken is committed, or read again by the next one.</summary>
    internal async Task StopAsync()
    {
        if (_services is null)
            return;
        await Door(_services).StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _services = null;
    }

    /// <summary>Waits until every message that is in the topic now is behind the group's position; a door that was fenced for good is started anew.</summary>
    internal async Task DrainAsync()
    {
        for (var p = 0; p < Partitions; p++)
        {
            var partition = new TopicPartition(Topics.Intake, p);
            var end = (await Log.RangeAsync(partition, CancellationToken.None)).End;
            var tries = 0;
            await Wait.ForAsync(
                async () =>
                {
                    if (++tries % 20 == 0 && Log.Happened.Contains(Fault.Fenced))
                    {
                        await StopAsync();
                        await StartAsync();
                    }
                    return Log.Committed.GetValueOrDefault(partition);
                },
                position => position >= end, () => $"position {end} of {partition}", pause: TimeSpan.FromMilliseconds(10));
        }
    }

    internal async Task<List<StoredEvent>> EventsAsync() => [.. (await ReadAsync(Topics.Events)).Select(StoredEvent.From)];

    /// <summary>The refused ones as "project partition@offset#index:code", in the order of their places.</summary>
    internal async Task<List<string>> RejectedAsync() =>
        [.. (await ReadAsync(Topics.Rejected)).Select(RefusedEvent.From).OrderBy(r => (r.Partition, r.Offset, r.Index)).Select(r => r.Place)];

    internal async Task<List<StoredRecord>> ReadAsync(string topic)
    {
        var records = new List<StoredRecord>();
        for (var p = 0; p < Partitions; p++)
        {
            var partition = new TopicPartition(topic, p);
            using var reader = Log.OpenReader(partition, (await Log.RangeAsync(partition, CancellationToken.None)).Start);
            while (!reader.AtEnd)
            {
                if (!await reader.ReadAsync(TimeSpan.FromSeconds(1), CancellationToken.None))
                    continue;
                foreach (var record in reader.Records)
                    records.Add(new StoredRecord(p, record.Key.ToArray(), record.Value.ToArray()));
            }
        }
        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Log.DisposeAsync();
        _cleanUp();
    }

    private static IntakeService Door(ServiceProvider services) => services.GetServices<IHostedService>().OfType<IntakeService>().Single();
}

/// <summary>A refused event as it is kept.</summary>
internal sealed record RefusedEvent(string Project, string Code, string Door, int Partition, long Offset, int Index, int Size, string Sample)
{
    internal string Place => $"{Project} {Partition}@{Offset}#{Index}:{Code}";

    internal static RefusedEvent From(StoredRecord record)
    {
        Assert.Empty(record.Key);
        var r = RejectedEvent.Decode(record.Value);
        return new RefusedEvent(Text(r.Project), Text(r.Code), Text(r.Door), r.Partition, r.Offset, r.Index, r.Size, Encoding.Latin1.GetString(r.Sample));
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
