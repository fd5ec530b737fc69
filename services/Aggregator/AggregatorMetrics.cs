using System.Diagnostics.Metrics;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator;

/// <summary>Meter "Tidemark.Aggregator"; what each instrument is for stands in <c>deploy/prometheus/README.md</c>. Counted per batch.</summary>
public sealed class AggregatorMetrics : IDisposable
{
    public const string MeterName = "Tidemark.Aggregator";

    /// <summary>Every so many rows one goes into the histogram of <see cref="Queryable(ReadOnlySpan{long}, bool, DateTimeOffset)"/>, the first of a batch always: the shape is the same and costs an eighth.</summary>
    private const int QueryableStride = 8;

    private static readonly string[] _topics = [Topics.Events, Topics.History, Topics.Sessions, Topics.LiveSessions, Topics.Late, Topics.Rejected];
    private static readonly string[] _tables = ["events", "session_rows", "live_session_rows", "late_events", "rejected_events"];
    private static readonly string[] _rollups = [.. Rollup.All.Select(rollup => rollup.Name)];

    private readonly Meter _meter = new(MeterName);
    private readonly SeriesCounter _batches;
    private readonly SeriesCounter _rows;
    private readonly SeriesCounter _bytes;
    private readonly SeriesCounter _retries;
    private readonly SeriesCounter _unreadable;
    private readonly SeriesCounter _removed;
    private readonly SeriesCounter _doubled;
    private readonly SeriesCounter _repairedRows;
    private readonly SeriesCounter _repairedBuckets;
    private readonly Histogram<double> _insert;
    private readonly Histogram<double> _batchToQueryable;
    private readonly Histogram<double> _eventToQueryable;

    public AggregatorMetrics()
    {
        _batches = new SeriesCounter(_meter, "tidemark.aggregator.batches", "{batch}", "Blocks that ClickHouse acknowledged.", "table", _tables);
        _rows = new SeriesCounter(_meter, "tidemark.aggregator.rows", "{row}", "Rows that ClickHouse acknowledged.", "table", _tables);
        _bytes = new SeriesCounter(_meter, "tidemark.aggregator.sent", "By", "Bytes of the blocks that ClickHouse acknowledged.", "table", _tables);
        _retries = new SeriesCounter(_meter, "tidemark.aggregator.retries", "{request}", "Requests that had to be sent again.");
        _unreadable = new SeriesCounter(
            _meter, "tidemark.aggregator.unreadable", "{record}", "Records that are in no table because they cannot be decoded.", "topic", _topics);
        _removed = new SeriesCounter(
            _meter, "tidemark.aggregator.removed", "{record}", "Offsets that retention removed from the log before they were loaded.", "topic", _topics);
        _doubled = new SeriesCounter(
            _meter, "tidemark.aggregator.doubled", "{batch}", "Batches of which a check found more rows in the table than they have.", "table", _tables);
        _repairedRows = new SeriesCounter(
            _meter, "tidemark.aggregator.repaired_rows", "{row}", "Rows that a crash of the engine had lost and that were restored.", "table", _tables);
        _repairedBuckets = new SeriesCounter(
            _meter, "tidemark.aggregator.repaired_buckets", "{bucket}", "Rollup buckets rebuilt after a crash of the engine.", "rollup", _rollups);
        _insert = _meter.CreateHistogram(
            "tidemark.aggregator.insert.duration", "s", "Time of one insert that succeeded.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 3600] };
        _batchToQueryable = _meter.CreateHistogram(
            "tidemark.aggregator.queryable.duration", "s", "From the append of a batch's first record to the log until it could be queried.", advice: seconds);
        _eventToQueryable = _meter.CreateHistogram(
            "tidemark.aggregator.event.queryable.duration", "s", "From the receipt of an event until it could be queried; every eighth event is measured.", advice: seconds);
    }

    internal void Observe(LoadStatus partitions)
    {
        _meter.CreateObservableGauge(
            "tidemark.aggregator.lag", () => partitions.Observe(static load => load.Lag), "{record}", "Committed records that are not loaded yet.");
        _meter.CreateObservableGauge(
            "tidemark.aggregator.lag.duration", () => partitions.Observe(static load => load.Oldest.Age.TotalSeconds), "s",
            "Age of the oldest committed record that is not loaded yet; 0 when there is none.");
        _meter.CreateObservableGauge(
            "tidemark.aggregator.stalled.duration", () => partitions.Observe(static load => load.Stalled.TotalSeconds), "s",
            "Time since the last load that succeeded, while something waits; else 0.");
        _meter.CreateObservableGauge(
            "tidemark.aggregator.partition.state",
            () => partitions.Observe("state", LoadStatus.States, static (load, state) => load.StateName == state ? 1 : 0), "{partition}",
            "1 for the state that an owned partition is in: running or stopped.");
    }

    internal void Batch(string table, long rows, long bytes, TimeSpan insert)
    {
        var index = Array.IndexOf(_tables, table);
        _batches.Add(index, 1);
        _rows.Add(index, rows);
        _bytes.Add(index, bytes);
        _insert.Record(insert.TotalSeconds, new KeyValuePair<string, object?>("table", table));
    }

    internal void Queryable(string table, TimeSpan since) => _batchToQueryable.Record(since.TotalSeconds, new KeyValuePair<string, object?>("table", table));

    /// <param name="receivedMs">When the events of a batch came in, in milliseconds since 1970.</param>
    internal void Queryable(ReadOnlySpan<long> receivedMs, bool history, DateTimeOffset now)
    {
        var lane = new KeyValuePair<string, object?>("lane", (history ? Lane.History : Lane.Live).Name());
        var nowMs = now.ToUnixTimeMilliseconds();
        for (var i = 0; i < receivedMs.Length; i += QueryableStride)
            _eventToQueryable.Record((nowMs - receivedMs[i]) / 1e3, lane);
    }

    internal void Retry() => _retries.Add(1);

    internal void Unreadable(string topic, int records) => _unreadable.Add(Array.IndexOf(_topics, topic), records);

    internal void Removed(string topic, long offsets) => _removed.Add(Array.IndexOf(_topics, topic), offsets);

    internal void Doubled(string table) => _doubled.Add(Array.IndexOf(_tables, table), 1);

    internal void RepairedRows(string table, long rows) => _repairedRows.Add(Array.IndexOf(_tables, table), rows);

    internal void RepairedBuckets(string rollup, long buckets) => _repairedBuckets.Add(Array.IndexOf(_rollups, rollup), buckets);

    public void Dispose() => _meter.Dispose();
}
