using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Tables;
using Tidemark.Aggregator.Undo;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Loading;

/// <summary>Takes out what an undo at the beginning of a planned block names, sends the block until it is acknowledged, then what follows from it.</summary>
internal sealed class BlockSender(
    ClickHouseClient client, EngineLink link, BatchVerifier verifier, LoadGate gate, ImportLedger imports, ImportRemoval removal, AggregatorMetrics metrics, TimeProvider time)
{
    /// <param name="resent">True when an earlier attempt may have been cut off by a crash.</param>
    public async Task SendAsync(TopicBlock block, LoadPlan plan, bool resent, CancellationToken cancellation)
    {
        // Alone: what the rows and the rollups have can only be compared while nothing is on its way into them.
        foreach (var undo in block.Undos)
            await gate.AloneAsync(() => removal.RunAsync(undo, cancellation), cancellation);
        if (block.Rows > 0)
        {
            var order = block.Order();
            var token = plan.Token(block.Table);
            var (_, attempts) = await gate.SharedAsync(
                () => link.UntilAnsweredCountedAsync(ct => InsertAsync(block, order, token, ct), cancellation), cancellation);
            if (resent || attempts > 1)
                await gate.AloneAsync(() => verifier.VerifyAsync(block, plan, order, cancellation), cancellation);
        }
        foreach (var mark in block.Imports)
            await link.UntilAnsweredAsync(ct => imports.WriteAsync(mark, ct), cancellation);
        // What is sent again after a restart could mostly be queried before it.
        if (!resent)
            Queryable(block);
    }

    /// <summary>Sends a block that needs no plan, because its table keeps the newest of equal keys.</summary>
    public async Task SendUnplannedAsync(TopicBlock block, CancellationToken cancellation)
    {
        var order = block.Order();
        await link.UntilAnsweredAsync(ct => InsertAsync(block, order, null, ct), cancellation);
        Queryable(block);
    }

    private void Queryable(TopicBlock block)
    {
        var now = time.GetUtcNow();
        if (block.OldestRecordMs > 0)
            metrics.Queryable(block.Table, now - DateTimeOffset.FromUnixTimeMilliseconds(block.OldestRecordMs));
        metrics.Queryable(block.ReceivedTimes, block.Source.Topic == Topics.History, now);
    }

    private async Task<long> InsertAsync(TopicBlock block, ReadOnlyMemory<int> order, string? token, CancellationToken cancellation)
    {
        using var span = AggregatorTracing.Insert(block.Table, block.Rows);
        try
        {
            var begun = time.GetTimestamp();
            var bytes = await client.InsertAsync(block.Table, block.Block, order, token, cancellation);
            metrics.Batch(block.Table, block.Rows, bytes, time.GetElapsedTime(begun));
            return bytes;
        }
        catch (ClickHouseException failed)
        {
            AggregatorTracing.Failed(span, failed);
            throw;
        }
    }
}
