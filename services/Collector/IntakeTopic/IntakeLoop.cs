using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>Reads, takes, commits: when the batch is full, or when its interval is over.</summary>
/// <param name="checkTopic">Throws when the topic is not the one any more that was read; asked before each commit.</param>
internal sealed class IntakeLoop(
    ILogReader reader, IntakeBatch batch, Func<CancellationToken, ValueTask> checkTopic, PartitionStatus status, TimeProvider time, Action committed, ILogger logger)
    : IPartitionRun
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _finalCommit = TimeSpan.FromMilliseconds(1500);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && await ReadAsync(stop))
        {
            if (batch is { IsEmpty: false, IsDue: true })
                await CommitAsync();
            // At the end there may be offsets that hold no message; nothing waits there.
            if (batch.IsEmpty)
                status.At(batch.Position, reader.AtEnd ? batch.Position : reader.End);
        }
        await FinishAsync();
    }

    public void Dispose()
    {
        batch.Dispose();
        reader.Dispose();
    }

    /// <summary>False when stopped.</summary>
    private async ValueTask<bool> ReadAsync(CancellationToken stop)
    {
        try
        {
            if (!await reader.ReadAsync(batch.IsEmpty ? _longestWait : batch.Left, stop))
                return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        while (true)
        {
            batch.Take(reader.Records, reader.Traces);
            if (!batch.IsFull)
                return true;
            // The rest of the records is still in the reader's memory.
            await CommitAsync();
        }
    }

    private async ValueTask CommitAsync()
    {
        await checkTopic(CancellationToken.None);
        await batch.CommitAsync(CancellationToken.None);
        committed();
    }

    /// <summary>What was taken goes out before the stop, within the time a stop may take; otherwise the next owner reads it again.</summary>
    private async ValueTask FinishAsync()
    {
        if (batch.IsEmpty)
            return;
        using var limit = new CancellationTokenSource(_finalCommit, time);
        try
        {
            await CommitAsync().AsTask().WaitAsync(limit.Token);
        }
        catch (Exception failed) when (failed is LogException or OperationCanceledException)
        {
            logger.NoFinalCommit(reader.Partition, failed.Message);
        }
    }
}
