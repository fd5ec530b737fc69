using System.Diagnostics.Metrics;

namespace Tidemark.EventLog.Kafka;

/// <summary>Meter "Tidemark.EventLog", with the names of the local log where they mean the same.</summary>
internal sealed class EventLogMetrics : IDisposable
{
    private readonly Meter _meter = new("Tidemark.EventLog");
    private readonly Counter<long> _records;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _read;
    private readonly Counter<long> _trimmed;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _rebalances;
    private readonly Histogram<double> _appendDuration;
    private readonly Histogram<double> _transactionDuration;

    internal EventLogMetrics(Func<long> queuedBytes, Func<int> available)
    {
        double[] seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
        _records = _meter.CreateCounter<long>("tidemark.log.append.records", "{record}", "Records made durable.");
        _bytes = _meter.CreateCounter<long>("tidemark.log.append.bytes", "By", "Bytes of these records, uncompressed.");
        _failures = _meter.CreateCounter<long>("tidemark.log.append.failures", "{append}", "Appends whose outcome is unknown, by reason.");
        _refused = _meter.CreateCounter<long>("tidemark.log.append.refused", "{append}", "Appends refused before anything was sent, by reason.");
        _read = _meter.CreateCounter<long>("tidemark.log.read.records", "{record}", "Records read.");
        _trimmed = _meter.CreateCounter<long>("tidemark.log.retention.records", "{record}", "Offsets that this process trimmed from the start of partitions, by topic.");
        _transactions = _meter.CreateCounter<long>("tidemark.log.transactions", "{transaction}", "Transactions by outcome: committed, aborted, fenced, unknown.");
        _rebalances = _meter.CreateCounter<long>("tidemark.log.rebalances", "{rebalance}", "Changes of partitions by group and kind: assigned, revoked, lost.");
        _appendDuration = _meter.CreateHistogram(
            "tidemark.log.append.duration", "s", "From the append to its acknowledgement.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = seconds });
        _transactionDuration = _meter.CreateHistogram(
            "tidemark.log.transaction.duration", "s", "From the commit to its outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = seconds });
        _meter.CreateObservableGauge("tidemark.log.queue.bytes", queuedBytes, "By", "Bytes waiting for their acknowledgement.");
        _meter.CreateObservableGauge("tidemark.log.available", available, "{status}", "1 while the brokers answer and the topics are as they should be.");
    }

    internal void Appended(int records, long bytes, TimeSpan elapsed)
    {
        _records.Add(records);
        _bytes.Add(bytes);
        _appendDuration.Record(elapsed.TotalSeconds);
    }

    internal void AppendFailed(string reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Read(int records) => _read.Add(records);

    internal void Trimmed(string topic, long records) => _trimmed.Add(records, new KeyValuePair<string, object?>("topic", topic));

    internal void TransactionEnded(string outcome, TimeSpan elapsed)
    {
        _transactions.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _transactionDuration.Record(elapsed.TotalSeconds);
    }

    internal void Rebalanced(string group, string kind) => _rebalances.Add(
        1, new KeyValuePair<string, object?>("group", group), new KeyValuePair<string, object?>("kind", kind));

    public void Dispose() => _meter.Dispose();
}
