using System.Diagnostics.Metrics;

namespace Tidemark.Aggregator;

/// <summary>The aggregator's instruments, on the meter "Tidemark.Aggregator".</summary>
public sealed class AggregatorMetrics : IDisposable
{
    public const string MeterName = "Tidemark.Aggregator";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _batches;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _unreadable;
    private readonly Counter<long> _repairedRows;
    private readonly Counter<long> _repairedBuckets;
    private readonly Histogram<double> _insert;
    private readonly Histogram<double> _toQueryable;

    public AggregatorMetrics()
    {
        _batches = _meter.CreateCounter<long>("tidemark.aggregator.batches", "{batch}", "Blocks that ClickHouse acknowledged.");
        _rows = _meter.CreateCounter<long>("tidemark.aggregator.rows", "{row}", "Rows that ClickHouse acknowledged.");
        _bytes = _meter.CreateCounter<long>("tidemark.aggregator.sent", "By", "Bytes of blocks sent, attempts that failed included.");
        _retries = _meter.CreateCounter<long>("tidemark.aggregator.retries", "{request}", "Requests that had to be sent again.");
        _unreadable = _meter.CreateCounter<long>("tidemark.aggregator.unreadable", "{record}", "Records that are in no table because they cannot be decoded.");
        _repairedRows = _meter.CreateCounter<long>("tidemark.aggregator.repaired_rows", "{row}", "Rows that a crash of the engine had lost and that were restored.");
        _repairedBuckets = _meter.CreateCounter<long>("tidemark.aggregator.repaired_buckets", "{bucket}", "Rollup buckets rebuilt after a crash of the engine.");
        _insert = _meter.CreateHistogram(
            "tidemark.aggregator.insert.duration", "s", "Time of one insert that succeeded.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _toQueryable = _meter.CreateHistogram(
            "tidemark.aggregator.queryable.duration", "s", "From the append of a batch's first record to the log until it could be queried.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600] });
    }

    /// <summary>Records between the log's committed end and what is loaded, told per topic and partition.</summary>
    internal void ObserveLag(Func<IEnumerable<Measurement<long>>> lag) =>
        _meter.CreateObservableGauge("tidemark.aggregator.lag", lag, "{record}", "Committed records that are not loaded yet.");

    internal void Batch(string table, long rows, long bytes, TimeSpan insert)
    {
        var tag = new KeyValuePair<string, object?>("table", table);
        _batches.Add(1, tag);
        _rows.Add(rows, tag);
        _bytes.Add(bytes, tag);
        _insert.Record(insert.TotalSeconds, tag);
    }

    internal void Queryable(string table, TimeSpan since) => _toQueryable.Record(since.TotalSeconds, new KeyValuePair<string, object?>("table", table));

    internal void Retry() => _retries.Add(1);

    internal void Unreadable(string topic, int records) => _unreadable.Add(records, new KeyValuePair<string, object?>("topic", topic));

    internal void RepairedRows(string table, long rows) => _repairedRows.Add(rows, new KeyValuePair<string, object?>("table", table));

    internal void RepairedBuckets(string rollup, long buckets) => _repairedBuckets.Add(buckets, new KeyValuePair<string, object?>("rollup", rollup));

    public void Dispose() => _meter.Dispose();
}
