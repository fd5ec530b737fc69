using Microsoft.Extensions.Logging.Abstractions;
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

    /// <summary>A small write-ahead log, so that flushes and compactions happen within a short test.</summary>
    internal static IEventLog Open(string directory) => RocksDbEventLog.Open(
        new RocksDbLogOptions { Directory = directory, MaxWalBytes = 1 << 20 }, Topics, TimeProvider.System, NullLogger.Instance);
}
