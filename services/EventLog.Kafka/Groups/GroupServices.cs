using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>What the groups of a process share.</summary>
/// <param name="OpenAsync">Partitions of the log in which a transaction is open now; throws <see cref="Confluent.Kafka.KafkaException"/> when the brokers do not say.</param>
internal sealed record GroupServices(
    KafkaLogOptions Options, Func<TopicPartition, Task<LogRange>> RangeAsync, Func<Task<IReadOnlyList<TopicPartition>>> OpenAsync, Action<TopicPartition> CheckTarget, Task Checked, EventLogMetrics Metrics,
    TimeProvider Time, ILogger Logger)
{
    /// <summary>Of the whole process: two logs in one must not take each other's name.</summary>
    private static readonly HashSet<string> _instances = [];

    internal Action? BeforeCommit { get; set; }

    /// <summary>What the members of this process own.</summary>
    internal Assignments Assignments { get; } = new();

    /// <summary>After this long without an answer to its heartbeats a member has heard that it is none any more.</summary>
    internal TimeSpan MembershipIsKnownAfter => TimeSpan.FromMilliseconds(Math.Min(Options.SessionTimeout.TotalMilliseconds / 4, 2000) * 2 + 500);

    /// <summary>A name for one member of a group, different for every member at any time.</summary>
    internal string TakeInstance(string group)
    {
        var name = $"{Options.GroupInstanceId ?? $"{Environment.MachineName}-{Environment.ProcessId}"}-{group}";
        name = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]);
        lock (_instances)
        {
            var instance = name;
            for (var number = 2; !_instances.Add(instance); number++)
                instance = $"{name}-{number}";
            return instance;
        }
    }

    internal static void GiveBackInstance(string instance)
    {
        lock (_instances)
            _instances.Remove(instance);
    }
}
