using System.Globalization;
using Tidemark.Aggregator.Http;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Plans;

/// <summary>
/// The plans in <c>load_plan</c>. Invariant: of the plans with one (topic, partition, lo) the first written is the only one, because all carry the same token; so two
/// loaders of a partition, one of which does not know that it has lost it, always send the same batches. Plan n + 1 is written only when every table has plan n.
/// Offsets stand in the table as <see cref="TopicLife"/> numbers them.
/// </summary>
internal sealed class LoadPlanLog(ClickHouseClient client, EngineLink link, string owner, TimeProvider time)
{
    private const string Columns = "lo, hi, rows, state_offset, state_next, state_writer, topic_id";

    /// <summary>Where loading of the partition stands; null when nothing of it was ever loaded.</summary>
    public Task<LoadPlan?> NewestAsync(TopicPartition source, CancellationToken cancellation) => NewestBeforeAsync(source, long.MaxValue, cancellation);

    /// <summary>Where the commit records of a plan begin: where those of the plan before it ended, or at the start of the log.</summary>
    public async Task<StatePosition> StateBeforeAsync(LoadPlan plan, CancellationToken cancellation) =>
        (await NewestBeforeAsync(plan.Source, plan.Life.Stored(plan.Lo), cancellation))?.State ?? default;

    /// <summary>
    /// True when some loader has gone on to a later plan: then this one's block was whole in every table and rollup, and what is not there any more was deleted since.
    /// </summary>
    public async Task<bool> IsPassedAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var rows = await link.UntilAnsweredAsync(
            ct => client.RowsAsync(
                "SELECT count() FROM load_plan WHERE topic = {topic:String} AND log_partition = {p:UInt16} AND lo >= {hi:UInt64}",
                ct, ("param_topic", plan.Source.Topic), ("param_p", plan.Source.Partition), ("param_hi", plan.Life.Stored(plan.Hi))),
            cancellation);
        return rows[0][0] != "0";
    }

    /// <summary>Writes the plan unless there is one that begins at its <c>Lo</c>, and returns the one that holds.</summary>
    public async Task<LoadPlan> SettleAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var lo = plan.Life.Stored(plan.Lo);
        // The engine can acknowledge a row that it lost in a crash, and will then not take it under that token again: hence the number behind it.
        for (var attempt = 1; ; attempt++)
        {
            var token = $"plan|{plan.Source.Topic}|{plan.Source.Partition}|{lo}" + (attempt == 1 ? "" : $"|{attempt}");
            await link.UntilAnsweredAsync(ct => InsertAsync(plan, token, ct), cancellation);
            var rows = await link.UntilAnsweredAsync(
                ct => client.RowsAsync(
                    $"SELECT {Columns} FROM load_plan WHERE topic = {{topic:String}} AND log_partition = {{p:UInt16}} AND lo = {{lo:UInt64}} ORDER BY planned_at LIMIT 1",
                    ct, ("param_topic", plan.Source.Topic), ("param_p", plan.Source.Partition), ("param_lo", lo)),
                cancellation);
            if (rows.Length > 0)
                return Parse(plan.Source, rows[0]);
        }
    }

    private async Task<LoadPlan?> NewestBeforeAsync(TopicPartition source, long lo, CancellationToken cancellation)
    {
        var rows = await link.UntilAnsweredAsync(
            token => client.RowsAsync(
                $"SELECT {Columns} FROM load_plan WHERE topic = {{topic:String}} AND log_partition = {{p:UInt16}} AND lo < {{lo:UInt64}} ORDER BY lo DESC LIMIT 1",
                token, ("param_topic", source.Topic), ("param_p", source.Partition), ("param_lo", lo)),
            cancellation);
        return rows.Length == 0 ? null : Parse(source, rows[0]);
    }

    private Task<string> InsertAsync(LoadPlan plan, string token, CancellationToken cancellation)
    {
        var at = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return client.QueryAsync(
            "INSERT INTO load_plan (topic, log_partition, lo, hi, rows, state_offset, state_next, state_writer, topic_id, owner, planned_at) VALUES "
            + $"('{plan.Source.Topic}', {plan.Source.Partition}, {plan.Life.Stored(plan.Lo)}, {plan.Life.Stored(plan.Hi)}, {plan.Rows}, {plan.State.Offset}, {plan.State.Next}, {plan.State.Writer}, "
            + $"'{plan.Life.TopicId}', '{owner}', '{at}')",
            cancellation,
            ClickHouseClient.InsertSettings(token));
    }

    private static LoadPlan Parse(TopicPartition source, string[] row)
    {
        var (lo, hi) = (long.Parse(row[0]), long.Parse(row[1]));
        return new LoadPlan(
            source, new TopicLife(TopicLife.NumberOf(hi), row[6]), TopicLife.IsBeginning(lo) ? -1 : TopicLife.Offset(lo), TopicLife.Offset(hi), long.Parse(row[2]),
            new StatePosition(long.Parse(row[3]), long.Parse(row[4]), long.Parse(row[5])));
    }
}
