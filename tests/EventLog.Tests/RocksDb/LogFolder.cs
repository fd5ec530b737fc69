using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.RocksDb;

namespace Tidemark.EventLog.Tests.RocksDb;

/// <summary>A log in a folder of its own, with the settings of a test.</summary>
internal sealed class LogFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal string Path => _folder.Path;

    internal static TopicDefinition Events { get; } = new("events", 2) { Large = true };

    internal static TopicDefinition Small { get; } = new("state", 2);

    internal RocksDbLogOptions Options { get; set; } = new() { Directory = "" };

    internal TimeProvider Time { get; set; } = TimeProvider.System;

    internal RocksDbEventLog Open(params IReadOnlyList<TopicDefinition> topics) => RocksDbEventLog.Open(
        Options with { Directory = Options.Directory.Length > 0 ? Options.Directory : Path }, topics.Count > 0 ? topics : [Events, Small], Time, NullLogger.Instance);

    public void Dispose() => _folder.Dispose();
}
