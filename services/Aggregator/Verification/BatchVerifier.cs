using System.Globalization;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Tables;

namespace Tidemark.Aggregator.Verification;

/// <summary>
/// Closes the gap that an unreplicated table has: killed between noting a token and committing the part, the engine acknowledges the next attempt and drops it
/// (about one crash in a hundred, in the table or in what a view writes; never a row twice). So a batch that was sent more than once is counted, while nothing else is
/// loaded: rows of its range, then the rollup buckets it touches. What is missing is put back.
/// </summary>
internal sealed class BatchVerifier(ClickHouseClient client, EngineLink link, LoadPlanLog plans, AggregatorMetrics metrics, TimeProvider time, Random jitter, ILogger logger)
{
    private const int MaxRounds = 20;
    private const string RunningInserts = "SELECT count() FROM system.processes WHERE query_kind = 'Insert' AND current_database = currentDatabase() AND NOT is_cancelled";
    private const string RunningDeletions = "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done";
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _maxWaitForInserts = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the block is whole in its table and its rollups. The caller sees to it that no other insert of this process runs.</summary>
    public async Task VerifyAsync(TopicBlock block, LoadPlan plan, ReadOnlyMemory<int> order, CancellationToken cancellation)
    {
        for (var round = 1; round <= MaxRounds; round++)
        {
            await InsertsEndedAsync(cancellation);
            var missing = await MissingAsync(block, plan, order, cancellation);
            if (missing.Length == 0)
                break;
            logger.RowsRepaired(plan.Source.ToString(), missing.Length, block.Rows, plan.Lo, plan.Hi);
            metrics.RepairedRows(block.Table, missing.Length);
            // A token of its own, and once only: whether it arrived, the next round counts.
            await link.UntilAnsweredAsync(
                ct => client.InsertAsync(block.Table, block.Block, missing, $"{plan.Token(block.Table)}|repair|{Guid.NewGuid():N}", ct), cancellation);
        }
        foreach (var rollup in Rollup.All.Where(rollup => rollup.Table == block.Table))
            await VerifyRollupAsync(rollup, block, cancellation);
    }

    /// <summary>
    /// Makes the buckets of a range of times (milliseconds since 1970, <paramref name="to"/> not in it) anew, some or all of which were deleted; returns when they are known
    /// to agree with the rows.
    /// </summary>
    public async Task RebuildAsync(Rollup rollup, long from, long to, CancellationToken cancellation)
    {
        do
            await QueryAsync(rollup.Repair, from, to, ClickHouseClient.InsertSettings($"rebuild|{Guid.NewGuid():N}"), cancellation);
        while (!await VerifyRollupAsync(rollup, from, to, cancellation));
    }

    private Task<bool> VerifyRollupAsync(Rollup rollup, TopicBlock block, CancellationToken cancellation)
    {
        var (first, last) = block.Times();
        var (from, to) = rollup.Buckets(first, last);
        return VerifyRollupAsync(rollup, from, to, cancellation);
    }

    /// <summary>False when it could not be compared, or never agreed.</summary>
    private async Task<bool> VerifyRollupAsync(Rollup rollup, long from, long to, CancellationToken cancellation)
    {
        for (var round = 1; round <= MaxRounds; round++)
        {
            var wrong = await WrongAsync(rollup, from, to, cancellation);
            if (wrong == 0)
                return true;
            if (wrong is not { } buckets)
            {
                logger.RollupNotCompared(rollup.Name, _maxWaitForInserts.TotalSeconds);
                return false;
            }
            logger.RollupRepaired(rollup.Name, buckets, rollup.Table);
            metrics.RepairedBuckets(rollup.Name, buckets);
            // What another process inserts beside this the next round counts, and takes off again what was added too much.
            await QueryAsync(rollup.Repair, from, to, ClickHouseClient.InsertSettings($"repair|{Guid.NewGuid():N}"), cancellation);
        }
        return false;
    }

    /// <summary>
    /// Keys that disagree with the raw rows; null when they could not be compared. Other processes insert as well, and between their rows and what the views make of them
    /// there are moments; or an undo takes rows out, and then what is made of them: a difference counts only when nothing was inserted or deleted while it was looked for.
    /// </summary>
    private async Task<long?> WrongAsync(Rollup rollup, long from, long to, CancellationToken cancellation)
    {
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < _maxWaitForInserts;)
        {
            await InsertsEndedAsync(cancellation);
            var before = await StateAsync(rollup, cancellation);
            var wrong = long.Parse(await QueryAsync(rollup.CountWrong, from, to, [], cancellation), CultureInfo.InvariantCulture);
            if (wrong == 0 || (before.StartsWith("0\t", StringComparison.Ordinal) && before == await StateAsync(rollup, cancellation)))
                return wrong;
            await Task.Delay(_pause * (0.5 + jitter.NextDouble()), time, cancellation);
        }
        return null;
    }

    /// <summary>Inserts and deletions that run, and the rows of the table: the same twice, with none running, means that none came between.</summary>
    private Task<string> StateAsync(Rollup rollup, CancellationToken cancellation) => link.UntilAnsweredAsync(
        ct => client.QueryAsync(
            $"SELECT ({RunningInserts}) + ({RunningDeletions} AND table IN ('{rollup.Table}', '{rollup.Name}')), (SELECT sum(rows) FROM system.parts WHERE database = currentDatabase() AND table = '{rollup.Table}' AND active) FORMAT TSV",
            ct),
        cancellation);

    // An attempt whose answer was lost may still be running, and its rows are not missing.
    private async Task InsertsEndedAsync(CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < _maxWaitForInserts)
        {
            var running = await link.UntilAnsweredAsync(ct => client.QueryAsync(RunningInserts, ct), cancellation);
            if (running.Trim() == "0")
                return;
            await Task.Delay(_pause, time, cancellation);
        }
    }

    private async Task<int[]> MissingAsync(TopicBlock block, LoadPlan plan, ReadOnlyMemory<int> order, CancellationToken cancellation)
    {
        var range = $"FROM {block.Table} WHERE {block.SourceFilter} AND log_partition = {plan.Source.Partition} AND log_offset >= {plan.Life.Stored(plan.Lo)} AND log_offset < {plan.Life.Stored(plan.Hi)}";
        var count = long.Parse(await link.UntilAnsweredAsync(ct => client.QueryAsync($"SELECT count() {range}", ct), cancellation), CultureInfo.InvariantCulture);
        if (count == block.Rows)
            return [];
        if (count > block.Rows)
        {
            metrics.Doubled(block.Table);
            logger.TooManyRows(plan.Source.ToString(), block.Table, count, plan.Lo, plan.Hi, block.Rows);
            return [];
        }
        if (await plans.IsPassedAsync(plan, cancellation))
            return [];
        var there = await link.UntilAnsweredAsync(ct => client.RowsAsync($"SELECT log_offset {range}", ct), cancellation);
        var offsets = there.Select(row => ulong.Parse(row[0], CultureInfo.InvariantCulture)).ToHashSet();
        return [.. order.ToArray().Where(row => !offsets.Contains(block.Offsets[row]))];
    }

    private Task<string> QueryAsync(string sql, long from, long to, (string, object)[] settings, CancellationToken cancellation) =>
        link.UntilAnsweredAsync(
            ct => client.QueryAsync(sql, ct, [("param_from", Text(from)), ("param_to", Text(to)), .. settings]), cancellation);

    private static string Text(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
