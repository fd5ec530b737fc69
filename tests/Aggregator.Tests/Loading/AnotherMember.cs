using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The same log, whose groups have another name: its loaders own partitions that others own as well, and know nothing of them.</summary>
internal sealed class AnotherMember(IEventLog log) : ForwardingLog(log)
{
    public override Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        base.RunGroupAsync(group + "-another", topics, process, cancellation);

    public override Task RunPositionGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        base.RunPositionGroupAsync(group + "-another", topics, process, cancellation);

    public override IReadOnlyCollection<TopicPartition>? Assignment(string group) => base.Assignment(group + "-another");
}
