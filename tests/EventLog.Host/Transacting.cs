using System.Runtime.InteropServices;
using System.Text;

namespace Tidemark.EventLog.Host;

/// <summary>
/// Reads events and writes, for every event, three records in one transaction with the position: two to sessions and one to the shared small topic. Some
/// transactions are aborted on the way. An undisturbed run and one killed at any moment leave the same committed output.
/// </summary>
internal static class Transacting
{
    internal const string Group = "sessionizer";

    internal static async Task<int> RunAsync(string directory, int seed)
    {
        await using var log = await HostLog.OpenAsync(directory);
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        await log.RunGroupAsync(Group, [HostLog.Events], (owner, lost) => KeepOnAsync(log, owner, seed, lost), stop.Token);
        return 0;
    }

    /// <summary>As a worker has to: stop when fenced, start from the log again when a transaction was not stored.</summary>
    private static async Task KeepOnAsync(IEventLog log, IPartitionOwnership owner, int seed, CancellationToken lost)
    {
        while (!lost.IsCancellationRequested)
        {
            try
            {
                await ProcessAsync(log, owner, seed, lost);
            }
            catch (LogFencedException)
            {
                return;
            }
            catch (Exception failed) when (failed is LogTransactionAbortedException or LogOutcomeUnknownException or LogUnavailableException)
            {
                await Task.Delay(100, lost);
            }
        }
    }

    private static async Task ProcessAsync(IEventLog log, IPartitionOwnership owner, int seed, CancellationToken lost)
    {
        var random = new Random(seed * 7 + owner.Partition.Partition);
        var number = owner.Partition.Partition;
        using var reader = log.OpenReader(owner.Partition, owner.Position);
        var offsets = new Queue<long>();
        var told = false;
        while (true)
        {
            while (offsets.Count == 0)
            {
                if (!await reader.ReadAsync(TimeSpan.FromMilliseconds(100), lost))
                {
                    Tell();
                    continue;
                }
                foreach (var record in reader.Records)
                    offsets.Enqueue(record.Offset);
            }
            using var transaction = owner.Begin();
            var take = Math.Min(offsets.Count, random.Next(1, 20));
            var batch = offsets.Take(take).ToArray();
            foreach (var offset in batch)
            {
                var value = Encoding.UTF8.GetBytes($"{number}:{offset}");
                transaction.Append(new TopicPartition(HostLog.Sessions, number), "key"u8, value, offset);
                transaction.Append(new TopicPartition(HostLog.Sessions, (number + 1) % 4), "key"u8, value, offset);
                // The topic is compacted: a key that came twice would lose its first record.
                transaction.Append(new TopicPartition(HostLog.State, number % 2), value, value, offset);
            }
            if (random.Next(5) == 0)
                continue;
            await transaction.CommitAsync(batch[^1] + 1, lost);
            Tell();
            for (var i = 0; i < take; i++)
                offsets.Dequeue();
        }

        // Once: after the first commit, or when there is nothing to do.
        void Tell()
        {
            if (!told)
                Console.WriteLine("working");
            told = true;
        }
    }
}
