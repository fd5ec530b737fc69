using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Tables;
using Tidemark.Aggregator.Undo;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Loading;

/// <summary>Takes out what an undo at the beginning of a planned block names, sends the block until it is acknowledged, then what follows from it.</summary>
/// <remarks>
/// A block can come late: its loader has lost the partition and does not know it, another one has gone on, and an undo has deleted the rows. Tokens do not stop it: the engine forgets them with
/// the parts that a deletion has emptied, of the table or of a rollup alone. So whoever finds a later plan after an insert repeats the undos of that partition behind the block. A removal whose
/// plan comes after that look sees what was inserted before it.
/// </remarks>
internal sealed class BlockSender(
    ClickHouseClient client, EngineLink link, LoadPlanLog plans, BatchVerifier verifier, LoadGate gate, ImportLedger imports, ImportRemoval removal, AggregatorMetrics metrics,
    TimeProvider time)
{
    /// <param name="resent">True when an earlier attempt may have been cut off by a crash.</param>
    public async Task SendAsync(TopicBlock block, LoadPlan plan, bool resent, CancellationToken cancellation)
    {
        if (resent && await plans.IsPassedAsync(plan, cancellation))
            return;
        // Alone: what the rows and the rollups have can only be compared while nothing is on its way into them.
        foreach (var undo in block.Undos)
            await gate.AloneAsync(() => removal.RunAsync(undo, cancellation), cancellation);
        if (block.Rows > 0)
        {
            var order = block.Order();
            var token = plan.Token(block.Table);
            var (_, attempts) = await gate.SharedAsync(
                () => link.UntilAnsweredCountedAsync(ct => InsertAsync(block, order, token, ct), cancellation), cancellation);
            if (resent || attempts > 1 || (UndoneTable.Is(plan.Source.Topic) && await plans.IsPassedAsync(plan, cancellation)))
                await gate.AloneAsync(() => CheckAsync(block, plan, order, cancellation), cancellation);
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

    private async Task CheckAsync(TopicBlock block, LoadPlan plan, ReadOnlyMemory<int> order, CancellationToken cancellation)
    {
        await verifier.VerifyAsync(block, plan, order, cancellation);
        // After the last insert: a repair can be late as well.
        if (await plans.IsPassedAsync(plan, cancellation))
            await removal.RepeatAsync(plan.Source, plan.Life.Stored(plan.Hi), cancellation);
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
