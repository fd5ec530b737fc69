using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// One call of RunGroupAsync. A consumer that never fetches keeps the membership, on a thread of its own; every partition that it is given becomes a
/// <see cref="Tenure"/>, whose process runs on pool threads.
/// </summary>
internal sealed class GroupRun(
    GroupServices services, string group, IReadOnlyList<string> topics, bool transactional, Func<IPartitionOwnership, CancellationToken, Task> process)
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _handOver = TimeSpan.FromSeconds(10);
    private readonly Dictionary<TopicPartition, Tenure> _tenures = [];
    private readonly List<TopicPartition> _given = [];
    private volatile Exception? _failure;

    /// <summary>Returns after the processes have ended and the group has been left; throws what a process threw.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await services.Checked.WaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        var instance = services.TakeInstance(group);
        try
        {
            await Task.Factory.StartNew(
                () => KeepMembership(instance, stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            services.Assignments.Forget(group, this);
            GroupServices.GiveBackInstance(instance);
        }
        if (_failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private void KeepMembership(string instance, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && _failure is null)
        {
            try
            {
                using var member = new Membership(Join(instance));
                try
                {
                    while (!stopping.IsCancellationRequested && _failure is null)
                        Poll(member);
                }
                finally
                {
                    HandOver([.. _tenures.Keys], wait: true);
                    Leave(member.Consumer);
                }
            }
            catch (KafkaException broken)
            {
                // Another process has this member's name, or the broker refuses the group: both may end.
                services.Assignments.Forget(group, this);
                HandOver([.. _tenures.Keys], wait: false);
                services.Logger.MembershipBroken(group, broken.Error.Reason, services.Options.SessionTimeout.TotalSeconds);
                stopping.WaitHandle.WaitOne(services.Options.SessionTimeout);
            }
        }
    }

    private IConsumer<Ignore, Ignore> Join(string instance)
    {
        var settings = ClientSettings.Membership(services.Options, services.Options.TopicPrefix + group, instance, storesPositions: !transactional);
        var consumer = new ConsumerBuilder<Ignore, Ignore>(settings)
            .SetLogHandler((_, message) => services.Logger.Library((int)message.Level, message.Facility, message.Message))
            .SetErrorHandler((_, error) => OnError(error))
            .SetPartitionsAssignedHandler((_, partitions) => Given(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Lost(partitions))
            .Build();
        consumer.Subscribe(topics.Select(topic => services.Options.TopicPrefix + topic));
        return consumer;
    }

    private void Poll(Membership member)
    {
        try
        {
            member.Consumer.Consume(_poll);
        }
        catch (ConsumeException failed) when (!failed.Error.IsFatal)
        {
            services.Logger.MembershipError(group, failed.Error.Reason);
        }
        if (_given.Count == 0)
            return;
        // Not in the handler, where the assignment is not made yet.
        member.Consumer.Pause(_given.Select(Place));
        foreach (var partition in _given)
            Start(member, partition);
        _given.Clear();
    }

    /// <summary>From the end on, until it is paused: nothing of it is wanted here.</summary>
    private IEnumerable<TopicPartitionOffset> Given(List<Confluent.Kafka.TopicPartition> places)
    {
        if (places.Count > 0)
        {
            _given.AddRange(places.Select(PartitionAt));
            services.Metrics.Rebalanced(group, "assigned");
            services.Logger.Assigned(group, Names(places));
        }
        // Also when there is nothing for this member.
        Know();
        return places.Select(place => new TopicPartitionOffset(place, Offset.End));
    }

    private void Revoked(List<TopicPartitionOffset> places)
    {
        if (places.Count == 0)
            return;
        services.Metrics.Rebalanced(group, "revoked");
        services.Logger.Revoked(group, Names(places.Select(place => place.TopicPartition)));
        HandOver(places.Select(place => PartitionAt(place.TopicPartition)), wait: true);
        Know();
    }

    private void Lost(List<TopicPartitionOffset> places)
    {
        services.Metrics.Rebalanced(group, "lost");
        services.Assignments.Forget(group, this);
        services.Logger.Lost(group, Names(places.Select(place => place.TopicPartition)));
        HandOver(places.Select(place => PartitionAt(place.TopicPartition)), wait: false);
    }

    private void Know() => services.Assignments.Know(group, this, [.. _tenures.Keys.Concat(_given)]);

    private void Start(Membership member, TopicPartition partition)
    {
        var tenure = new Tenure(services, member, partition);
        _tenures.Add(partition, tenure);
        tenure.Ended = Task.Run(() => RunAsync(tenure));
    }

    private async Task RunAsync(Tenure tenure)
    {
        // Both calls of the beginning block, and so do commits.
        var thread = new SerialThread($"kafka {group} {tenure.Partition}");
        var producer = transactional ? new PartitionProducer(services, group, tenure) : null;
        try
        {
            await thread.RunAsync(() =>
            {
                // In this order: the position of a former owner is final once that one is fenced.
                producer?.Ready();
                return tenure.Position = tenure.CommittedPosition(producer);
            }).ConfigureAwait(false);
            using var ownership = new PartitionOwnership(services, tenure, thread, producer);
            await process(ownership, tenure.Lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (tenure.Lost.IsCancellationRequested)
        {
            // Let go of as asked.
        }
        catch (Exception failed)
        {
            Interlocked.CompareExchange(ref _failure, failed, null);
        }
        finally
        {
            thread.Stop(() => producer?.Dispose());
        }
    }

    /// <summary>Asks the processes to let go, waits until they have, and ends their tenures: on the polling thread, so before the group goes on.</summary>
    private void HandOver(IEnumerable<TopicPartition> partitions, bool wait)
    {
        var leaving = new List<Tenure>();
        foreach (var partition in partitions)
        {
            _given.Remove(partition);
            if (_tenures.Remove(partition, out var tenure))
                leaving.Add(tenure);
        }
        foreach (var tenure in leaving)
        {
            // What hangs on the token must not run here.
            if (wait)
                _ = Task.Run(tenure.Ask);
            else
                _ = Task.Run(tenure.End);
        }
        if (!wait)
            return;
        var until = Environment.TickCount64 + (long)_handOver.TotalMilliseconds;
        foreach (var tenure in leaving)
        {
            var left = Math.Max(0, until - Environment.TickCount64);
            if (!Task.WhenAny(tenure.Ended, Task.Delay((int)left)).GetAwaiter().GetResult().Equals(tenure.Ended))
                services.Logger.StillRunning(group, tenure.Partition, _handOver.TotalSeconds);
            tenure.End();
        }
    }

    /// <summary>
    /// Hands the partitions to the others at once. A member with a name of its own only stops: it gets them back when it starts again within the session timeout.
    /// </summary>
    private void Leave(IConsumer<Ignore, Ignore> consumer)
    {
        if (services.Options.GroupInstanceId is null)
        {
            consumer.Unsubscribe();
            var until = Environment.TickCount64 + 2000;
            do
                consumer.Consume(TimeSpan.FromMilliseconds(20));
            while (consumer.Assignment.Count > 0 && Environment.TickCount64 < until);
        }
        consumer.Close();
    }

    private void OnError(Error error)
    {
        if (error.Code != ErrorCode.Local_AllBrokersDown && error.Code != ErrorCode.Local_Transport)
            services.Logger.MembershipError(group, error.Reason);
    }

    private Confluent.Kafka.TopicPartition Place(TopicPartition partition) => new(services.Options.TopicPrefix + partition.Topic, partition.Partition);

    private TopicPartition PartitionAt(Confluent.Kafka.TopicPartition place) => new(place.Topic[services.Options.TopicPrefix.Length..], place.Partition.Value);

    private string Names(IEnumerable<Confluent.Kafka.TopicPartition> places) => string.Join(", ", places.Select(place => PartitionAt(place).ToString()));
}
