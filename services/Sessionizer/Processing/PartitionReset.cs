using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// A partition whose state cannot be rebuilt goes on without it, where the operator says so by the partition and the offset (<see cref="SessionizerOptions.ResetPartitions"/>). What can be had without the
/// commit records is kept: the ids of the events before that offset, which stay duplicates, and the horizons. Sessions that were open there are given up.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="input">The partition.</param>
/// <param name="newRules">Empty state.</param>
/// <param name="options">The settings to go on with.</param>
internal sealed class PartitionReset(IEventLog log, TopicPartition input, Func<PartitionRules> newRules, SessionizerOptions options)
{
    /// <summary>As often as this the sessions that have closed are let go.</summary>
    private const int RecordsPerPoint = 50_000;

    /// <summary>As a live partition judges times: see <see cref="CommitInterval"/>.</summary>
    private const long MaxAheadOfRecordMs = 5 * 60_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>How the operator names it: an offset that is left behind in the settings never means another stop.</summary>
    public static string NameOf(TopicPartition input, long offset) => $"{input}@{offset}";

    public bool IsAskedFor(long offset) => options.ResetPartitions.Contains(NameOf(input, offset));

    /// <summary>What it costs, and how it is asked for: the end of the message that says why the partition is stopped.</summary>
    /// <param name="offset">Where it would go on.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async ValueTask<string> AdviceAsync(long offset, CancellationToken cancellation)
    {
        var cost = input.Topic == Topics.History
            ? "imports that are under way there would have to be taken back and made again"
            : $"about {(await WarmUpAsync(offset, cancellation)).Open} sessions are open there; their events stay in the table events, and no session would have them";
        return $". Without that, RESET_PARTITIONS={NameOf(input, offset)} (local edition: run --reset-partitions {NameOf(input, offset)}) goes on from that offset with nothing: {cost}; "
            + "deploy/README.md, \"A partition that is stopped\"";
    }

    /// <summary>The state to go on with, and the horizons that it begins with, which the first commit record has to name.</summary>
    public async ValueTask<(PartitionRules Rules, IReadOnlyList<ProjectHorizon> Horizons, int GivenUp)> BeginAsync(long offset, CancellationToken cancellation)
    {
        var rules = newRules();
        rules.Use(options.Settings);
        if (rules is not LivePartition live)
            return (rules, [], 0);
        var before = (LivePartition)await WarmUpAsync(offset, cancellation);
        live.TakeIdsOf(before);
        var horizons = new List<ProjectHorizon>();
        foreach (var set in before.RuleSets)
        {
            if (before.HorizonOf(set) is var horizon && horizon == SessionizerCommit.NoHorizon)
                continue;
            horizons.Add(new ProjectHorizon(set.Name, horizon));
            if (set.Name.Length == 0)
                live.Idle(horizon);
            else
                live.Idle(Encoding.UTF8.GetBytes(set.Name), horizon);
        }
        return (rules, horizons, before.Open);
    }

    /// <summary>The events before the offset, as far back as an id makes a duplicate, judged anew and without output.</summary>
    private async ValueTask<PartitionRules> WarmUpAsync(long offset, CancellationToken cancellation)
    {
        var rules = newRules();
        rules.Use(options.Settings);
        var range = await log.RangeAsync(input, cancellation);
        var from = Math.Max(range.Start, offset - options.DuplicateWindow);
        var to = Math.Min(offset, range.End);
        if (from >= to)
            return rules;
        using var reader = log.OpenReader(input, from);
        var taken = 0;
        while (reader.Position < to)
        {
            var before = reader.Position;
            if (!await reader.ReadAsync(_patience, cancellation))
            {
                if (reader.Position == before)
                    throw new LogUnavailableException($"{input}: nothing to read at offset {before} though it goes to {to}");
                continue;
            }
            foreach (var record in reader.Records)
            {
                if (record.Offset >= to)
                    break;
                rules.Take(record.Offset, record.Value, null, record.TimestampMs + MaxAheadOfRecordMs);
                if (++taken % RecordsPerPoint == 0)
                    Close(rules, record.Offset);
            }
        }
        Close(rules, to);
        return rules;
    }

    private static void Close(PartitionRules rules, long offset)
    {
        while (!rules.CommitPoint(flush: false, offset, output: null))
        {
        }
    }
}
