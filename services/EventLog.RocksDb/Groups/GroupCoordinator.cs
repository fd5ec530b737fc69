using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Storage;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>
/// All groups of the process. A partition is given to a new owner only after the process of the former one has returned and its epoch is fenced, so there is at
/// most one owner at any moment.
/// </summary>
internal sealed class GroupCoordinator(PartitionTable partitions, Func<PendingWrite, ValueTask> enqueue, ILogger logger) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Group> _groups = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Takes over a position that the log held when it was opened.</summary>
    internal void Restore(string group, Partition partition, long position)
    {
        lock (_gate)
            GroupOf(group).SlotOf(partition).Committed = position;
    }

    /// <summary>Null when the group never committed one.</summary>
    internal long? PositionOf(string group, Partition partition)
    {
        lock (_gate)
            return _groups.TryGetValue(group, out var known) && known.Slots.TryGetValue(partition, out var slot) ? slot.Committed : null;
    }

    internal IReadOnlyCollection<TopicPartition>? AssignmentOf(string group)
    {
        lock (_gate)
            return _groups.TryGetValue(group, out var known) && known.Members.Count > 0 ? [.. known.Members.SelectMany(member => member.Tenures).Select(tenure => tenure.Slot.Partition.Id)] : null;
    }

    internal async Task RunAsync(
        string groupName, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation)
    {
        foreach (var topic in topics)
            partitions.Topic(topic);
        cancellation.ThrowIfCancellationRequested();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        var member = new GroupMember([.. topics], process, stopping.Token);
        Group group;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(RocksDbEventLog));
            group = GroupOf(groupName);
            group.Members.Add(member);
            foreach (var topic in topics)
            {
                foreach (var partition in partitions.Topic(topic))
                    group.SlotOf(partition);
            }
        }
        Balance(group);
        using (stopping.Token.UnsafeRegister(_ => Leave(group, member, null), null))
            await member.Ended.Task.ConfigureAwait(false);
        if (member.Failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(member.Failure);
    }

    /// <summary>Ends all members and waits for their processes; one that does not return in time is left behind, fenced.</summary>
    internal async Task CloseAsync(TimeSpan timeout)
    {
        Tenure[] running;
        Task[] ends;
        lock (_gate)
        {
            ends = [.. _groups.Values.SelectMany(group => group.Members).Select(member => member.Ended.Task)];
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(ends), Task.Delay(timeout)).ConfigureAwait(false);
        lock (_gate)
            running = [.. _groups.Values.SelectMany(group => group.Members).SelectMany(member => member.Tenures)];
        foreach (var tenure in running)
        {
            tenure.Slot.NextEpoch();
            logger.MemberLeftBehind(tenure.Slot.Group, tenure.Slot.Partition.Id, timeout.TotalSeconds);
        }
    }

    public void Dispose() => _closing.Dispose();

    private Group GroupOf(string name)
    {
        if (!_groups.TryGetValue(name, out var group))
            _groups[name] = group = new Group(name);
        return group;
    }

    /// <summary>Revokes what should be another's, and gives what is free.</summary>
    private void Balance(Group group)
    {
        List<Tenure> revoke = [];
        List<Tenure> start = [];
        lock (_gate)
        {
            var members = group.Members.Where(member => !member.Leaving).ToArray();
            var slots = group.Slots.Values.Where(slot => members.Any(member => member.Wants(slot.Partition.Id.Topic))).ToArray();
            var owned = group.Members.SelectMany(member => member.Tenures).ToDictionary(tenure => tenure.Slot);
            // A tenure that is being revoked counts for nobody: it is on its way to whoever is right when it has ended.
            var owners = owned.Where(pair => !pair.Value.Revoked).ToDictionary(pair => pair.Key, pair => pair.Value.Member);
            foreach (var (slot, member) in Assignment.Plan(slots, members, owners))
            {
                if (!owned.TryGetValue(slot, out var tenure))
                {
                    tenure = new Tenure(member, slot, new PartitionOwnership(slot, slot.NextEpoch(), partitions, enqueue));
                    member.Tenures.Add(tenure);
                    start.Add(tenure);
                }
                else if (!ReferenceEquals(tenure.Member, member) && !tenure.Revoked)
                {
                    tenure.MarkRevoked();
                    revoke.Add(tenure);
                }
            }
        }
        foreach (var tenure in revoke)
            tenure.Cancel();
        foreach (var tenure in start)
            _ = Task.Run(() => RunTenureAsync(group, tenure));
    }

    private async Task RunTenureAsync(Group group, Tenure tenure)
    {
        try
        {
            await SettleAsync(tenure.Token).ConfigureAwait(false);
            await tenure.Member.Process(tenure.Ownership, tenure.Token).ConfigureAwait(false);
            // A process that returns by itself has nothing more to do; it keeps the partition until that is taken from it.
            await WaitForLossAsync(tenure.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (tenure.Token.IsCancellationRequested)
        {
            // How most loops end.
        }
        catch (Exception failure)
        {
            Leave(group, tenure.Member, failure);
        }
        bool last;
        lock (_gate)
        {
            tenure.Dispose();
            tenure.Member.Tenures.Remove(tenure);
            last = tenure.Member is { Leaving: true, Tenures.Count: 0 };
            if (last)
                group.Members.Remove(tenure.Member);
        }
        if (last)
            tenure.Member.Ended.TrySetResult();
        Balance(group);
    }

    /// <summary>
    /// A former owner may have returned while a commit of its own was under way. If that passed the comparison of epochs it counts, and the position that it leaves is the
    /// one to begin at: wait until it is decided.
    /// </summary>
    private async Task SettleAsync(CancellationToken lost)
    {
        while (true)
        {
            lost.ThrowIfCancellationRequested();
            try
            {
                var barrier = new PendingBarrier();
                barrier.Begin(0, CancellationToken.None);
                await enqueue(barrier).ConfigureAwait(false);
                return;
            }
            catch (LogException)
            {
                // The queue is full, or closing.
                await Task.Delay(_pause, lost).ConfigureAwait(false);
            }
        }
    }

    private void Leave(Group group, GroupMember member, Exception? failure)
    {
        Tenure[] tenures;
        lock (_gate)
        {
            member.Failure ??= failure;
            if (member.Leaving)
                return;
            member.Leaving = true;
            tenures = [.. member.Tenures];
            foreach (var tenure in tenures)
                tenure.MarkRevoked();
            if (tenures.Length == 0)
                group.Members.Remove(member);
        }
        foreach (var tenure in tenures)
            tenure.Cancel();
        if (tenures.Length == 0)
        {
            member.Ended.TrySetResult();
            Balance(group);
        }
    }

    private static async Task WaitForLossAsync(CancellationToken lost)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (lost.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), ended))
            await ended.Task.ConfigureAwait(false);
    }

    private sealed class Group(string name)
    {
        internal List<GroupMember> Members { get; } = [];

        internal Dictionary<Partition, GroupSlot> Slots { get; } = [];

        internal GroupSlot SlotOf(Partition partition)
        {
            if (!Slots.TryGetValue(partition, out var slot))
                Slots[partition] = slot = new GroupSlot(name, partition);
            return slot;
        }
    }
}
