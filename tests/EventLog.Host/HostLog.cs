using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.RocksDb;

namespace Tidemark.EventLog.Host;

/// <summary>The log as the tests open it.</summary>
internal static class HostLog
{
    internal const string Events = "events";
    internal const string Sessions = "sessions";
    internal const string State = "state";

    internal static IReadOnlyList<TopicDefinition> Topics { get; } =
    [
        new(Events, 4) { Large = true },
        new(Sessions, 4) { Large = true },
        new(State, 2) { Compacted = true },
    ];

    /// <summary>A folder, or "kafka:SERVERS/PREFIX".</summary>
    internal static async Task<IEventLog> OpenAsync(string place)
    {
        if (!place.StartsWith("kafka:", StringComparison.Ordinal))
        {
            // A small write-ahead log, so that flushes and compactions happen within a short test.
            return RocksDbEventLog.Open(
                new RocksDbLogOptions { Directory = place, MaxWalBytes = 1 << 20 }, Topics, TimeProvider.System, NullLogger.Instance);
        }
        var parts = place["kafka:".Length..].Split('/');
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = parts[0], TopicPrefix = parts[1], SessionTimeout = TimeSpan.FromSeconds(6) },
            Topics, TimeProvider.System, NullLogger.Instance);
        await log.Checked;
        return log;
    }
}
