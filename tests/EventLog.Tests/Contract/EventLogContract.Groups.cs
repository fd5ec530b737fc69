using System.Collections.Concurrent;
using System.Text;

namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [SkippableFact]
    public async Task A_transaction_puts_outputs_and_position_in_together()
    {
        await using (var log = await OpenAsync(Events, Sessions, State))
        {
            await log.AppendAsync(Events.Name, 1, "a", "b", "c");
            var end = log.Range(new TopicPartition(Events.Name, 1)).End;
            await OwnAsync(log, "g", 1, async owner =>
            {
                using var transaction = owner.Begin();
                transaction.Append(new TopicPartition(Sessions.Name, 1), "k"u8, "out"u8, 7);
                transaction.Append(new TopicPartition(State.Name, 0), "k"u8, "state"u8, 8);
                await transaction.CommitAsync(end, Timeout);
                Assert.Equal(end, owner.Position);
            });
        }
        await using (var log = await OpenAsync(Events, Sessions, State))
        {
            Assert.Equal(["out"], await log.ReadValuesAsync(Sessions.Name, 1));
            Assert.Equal(["state"], await log.ReadValuesAsync(State.Name, 0));
            await OwnAsync(log, "g", 1, owner =>
            {
                Assert.Equal(log.Range(new TopicPartition(Events.Name, 1)).End, owner.Position);
                return Task.CompletedTask;
            });
        }
    }

    [SkippableFact]
    public async Task A_transaction_disposed_without_commit_leaves_nothing()
    {
        await using var log = await OpenAsync(Events, Sessions);
        await log.AppendAsync(Events.Name, 0, "a");
        await OwnAsync(log, "g", 0, async owner =>
        {
            var before = owner.Position;
            using (var aborted = owner.Begin())
                aborted.Append(new TopicPartition(Sessions.Name, 0), "k"u8, "aborted"u8, 0);
            Assert.Equal(before, owner.Position);
            using var committed = owner.Begin();
            committed.Append(new TopicPartition(Sessions.Name, 0), "k"u8, "committed"u8, 0);
            await committed.CommitAsync(before + 1, Timeout);
        });
        Assert.Equal(["committed"], await log.ReadValuesAsync(Sessions.Name, 0));
    }

    [SkippableFact]
    public async Task Readers_never_see_part_of_a_transaction()
    {
        const int Transactions = 200;
        await using var log = await OpenAsync(Events, Sessions);
        await log.AppendAsync(Events.Name, 0, Enumerable.Range(0, Transactions).Select(n => n.ToString()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        var watching = Task.Run(async () =>
        {
            using var reader = log.OpenReader(new TopicPartition(Sessions.Name, 0), 0);
            var seen = 0;
            while (seen < Transactions * 3)
            {
                if (!await reader.ReadAsync(_patience, stop.Token))
                    continue;
                // One partition's part of a transaction is written at once: the others are there too when it can be seen.
                var ids = new List<string>();
                foreach (var record in reader.Records)
                    ids.Add(Encoding.UTF8.GetString(record.Value));
                seen += ids.Count;
                Assert.All(ids, id => Assert.StartsWith("committed", id));
            }
            return seen;
        });
        await OwnAsync(log, "g", 0, async owner =>
        {
            for (var i = 0; i < Transactions; i++)
            {
                using (var aborted = owner.Begin())
                    aborted.Append(new TopicPartition(Sessions.Name, 0), default, "aborted"u8, 0);
                using var transaction = owner.Begin();
                for (var j = 0; j < 3; j++)
                    transaction.Append(new TopicPartition(Sessions.Name, 0), default, Encoding.UTF8.GetBytes($"committed {i}"), 0);
                await transaction.CommitAsync(owner.Position + 1, Timeout);
            }
        });
        Assert.Equal(Transactions * 3, await watching);
        var values = await log.ReadValuesAsync(Sessions.Name, 0);
        Assert.Equal(Enumerable.Range(0, Transactions).SelectMany(i => Enumerable.Repeat($"committed {i}", 3)), values);
    }

    [SkippableFact]
    public async Task Members_share_partitions_and_no_partition_has_two_owners()
    {
        await using var log = await OpenAsync(Events, Sessions);
        var owners = new ConcurrentDictionary<int, int>();
        var held = new ConcurrentDictionary<int, string>();
        var doubled = 0;
        using var first = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        using var second = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        var one = Run("one", first.Token);
        await Until(() => held.Count == 4, "four partitions that are held");
        var two = Run("two", second.Token);
        await Until(() => held.Count == 4 && held.Values.Count(name => name == "two") == 2, "two partitions for each");
        await first.CancelAsync();
        await one;
        await Until(() => held.Count == 4 && held.Values.All(name => name == "two"), "all partitions for the second");
        await second.CancelAsync();
        await two;
        Assert.Empty(held);
        Assert.Equal(0, doubled);

        Task Run(string name, CancellationToken cancellation) => log.RunGroupAsync("g", [Events.Name], async (owner, lost) =>
        {
            if (owners.AddOrUpdate(owner.Partition.Partition, 1, (_, n) => n + 1) != 1)
                Interlocked.Increment(ref doubled);
            held[owner.Partition.Partition] = name;
            try
            {
                await Task.Delay(System.Threading.Timeout.Infinite, lost);
            }
            finally
            {
                held.TryRemove(owner.Partition.Partition, out _);
                // Whoever came in before this one is out would be seen.
                await Task.Delay(20, CancellationToken.None);
                owners.AddOrUpdate(owner.Partition.Partition, 0, (_, n) => n - 1);
            }
        }, cancellation);
    }

    [SkippableFact]
    public async Task A_former_owner_is_fenced()
    {
        await using var log = await OpenAsync(Events, Sessions);
        await log.AppendAsync(Events.Name, 0, "a", "b");
        IPartitionOwnership? former = null;
        ILogTransaction? open = null;
        await OwnAsync(log, "g", 0, owner =>
        {
            former = owner;
            open = owner.Begin();
            open.Append(new TopicPartition(Sessions.Name, 0), default, "zombie"u8, 0);
            return Task.CompletedTask;
        });
        await OwnAsync(log, "g", 0, async owner =>
        {
            await Assert.ThrowsAsync<LogFencedException>(() => open!.CommitAsync(2, Timeout).AsTask());
            using var transaction = owner.Begin();
            transaction.Append(new TopicPartition(Sessions.Name, 0), default, "live"u8, 0);
            await transaction.CommitAsync(1, Timeout);
            Assert.Equal(1, owner.Position);
        });
        Assert.Equal(["live"], await log.ReadValuesAsync(Sessions.Name, 0));
    }

    [SkippableFact]
    public async Task What_a_process_throws_ends_the_call_and_frees_the_partitions()
    {
        await using var log = await OpenAsync(Events);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => log.RunGroupAsync("g", [Events.Name], async (owner, lost) =>
        {
            if (owner.Partition.Partition == 2)
                throw new InvalidOperationException("broken");
            await Task.Delay(System.Threading.Timeout.Infinite, lost);
        }, Timeout));
        Assert.Equal("broken", error.Message);
        await OwnAsync(log, "g", 1, _ => Task.CompletedTask);
    }

    [SkippableFact]
    public async Task Groups_do_not_touch_each_other()
    {
        await using var log = await OpenAsync(Events);
        await log.AppendAsync(Events.Name, 0, "a", "b");
        await OwnAsync(log, "g/1", 0, owner => owner.CommitPositionAsync(2, Timeout).AsTask());
        await OwnAsync(log, "g/2", 0, owner =>
        {
            Assert.Equal(0, owner.Position);
            return Task.CompletedTask;
        });
        await OwnAsync(log, "g/1", 0, owner =>
        {
            Assert.Equal(2, owner.Position);
            return Task.CompletedTask;
        });
    }

    [SkippableFact]
    public async Task One_transaction_at_a_time()
    {
        await using var log = await OpenAsync(Events);
        await OwnAsync(log, "g", 0, owner =>
        {
            using var open = owner.Begin();
            Assert.Throws<InvalidOperationException>(() => owner.Begin());
            return Task.CompletedTask;
        });
    }

    /// <summary>Runs something as the owner of one partition, and leaves the group.</summary>
    [SkippableFact]
    public async Task A_commit_that_its_owner_leaves_under_way_counts_for_the_next_owner_or_never()
    {
        await using var log = await OpenAsync(Events, Sessions);
        await log.AppendAsync(Events.Name, 0, Enumerable.Range(0, HandOvers * 2).Select(n => $"{n}"));
        var left = Task.CompletedTask;
        for (var turn = 0; turn < HandOvers; turn++)
        {
            await OwnAsync(log, "g", 0, async owner =>
            {
                // The former owner's commit is answered by now or will be, but it is decided.
                var position = owner.Position;
                var transaction = owner.Begin();
                transaction.Append(new TopicPartition(Sessions.Name, 0), "k"u8, System.Text.Encoding.UTF8.GetBytes($"{position}"), 7);
                left = CommitAsync(transaction, position + 1, left);
                await Task.Yield();
            });
        }
        await left;
        var outputs = await log.ReadValuesAsync(Sessions.Name, 0);
        Assert.Equal(Enumerable.Range(0, outputs.Count).Select(n => $"{n}"), outputs);
        await OwnAsync(log, "g", 0, owner =>
        {
            Assert.Equal(outputs.Count, owner.Position);
            return Task.CompletedTask;
        });

        static async Task CommitAsync(ILogTransaction transaction, long position, Task before)
        {
            try
            {
                await transaction.CommitAsync(position, CancellationToken.None);
            }
            catch (LogException failed) when (failed is LogFencedException or LogTransactionAbortedException or LogOutcomeUnknownException)
            {
                // The next owner was there first.
            }
            transaction.Dispose();
            await before;
        }
    }

    private async Task OwnAsync(IEventLog log, string group, int partition, Func<IPartitionOwnership, Task> work)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        var done = false;
        await log.RunGroupAsync(group, [Events.Name], async (owner, _) =>
        {
            if (owner.Partition.Partition != partition)
                return;
            await work(owner);
            done = true;
            await leave.CancelAsync();
        }, leave.Token);
        Assert.True(done, "the partition was never given");
    }

    private static Task Until(Func<bool> condition, string what) => Wait.UntilAsync(condition, what, pause: TimeSpan.FromMilliseconds(5));

    [SkippableFact]
    public async Task A_member_knows_what_it_has_once_the_group_has_told_it()
    {
        await using var log = await OpenAsync(Events);
        Assert.Null(log.Assignment("g"));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        var held = new TaskCompletionSource();
        var group = log.RunGroupAsync("g", ["events"], async (ownership, lost) =>
        {
            Assert.Contains(ownership.Partition, log.Assignment("g")!);
            if (ownership.Partition.Partition == 3)
                held.TrySetResult();
            await Task.Delay(System.Threading.Timeout.Infinite, lost);
        }, leave.Token);
        await held.Task.WaitAsync(Timeout);
        Assert.Equal(4, log.Assignment("g")!.Count);
        await leave.CancelAsync();
        await group.ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Null(log.Assignment("g"));
    }
}
