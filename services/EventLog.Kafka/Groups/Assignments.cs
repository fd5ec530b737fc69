using System.Collections.Concurrent;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>Which partitions the members of this process have been given; written by their polling threads.</summary>
internal sealed class Assignments
{
    private readonly ConcurrentDictionary<(string Group, GroupRun Member), IReadOnlyCollection<TopicPartition>> _members = [];

    /// <summary>Null while no member of the group in this process knows what it has.</summary>
    internal IReadOnlyCollection<TopicPartition>? Of(string group)
    {
        var known = _members.Where(member => member.Key.Group == group).Select(member => member.Value).ToList();
        return known.Count == 0 ? null : [.. known.SelectMany(partitions => partitions)];
    }

    internal void Know(string group, GroupRun member, IReadOnlyCollection<TopicPartition> partitions) => _members[(group, member)] = partitions;

    internal void Forget(string group, GroupRun member) => _members.TryRemove((group, member), out _);
}
