using System.Diagnostics.Metrics;

namespace Tidemark.EventLog.RocksDb;

/// <summary>Meter "Tidemark.EventLog".</summary>
internal sealed class EventLogMetrics : IDisposable
{
    private readonly Meter _meter = new("Tidemark.EventLog");
    private readonly Counter<long> _records;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _storedBytes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _trimmed;
    private readonly Histogram<int> _commitWrites;
    private readonly Histogram<double> _commitDuration;

    internal EventLogMetrics(
        Func<long> queuedBytes, Func<IEnumerable<Measurement<long>>> freeBytes, Func<IEnumerable<Measurement<long>>> starts, Func<IEnumerable<Measurement<long>>> ends)
    {
        _records = _meter.CreateCounter<long>("tidemark.log.append.records", "{record}", "Records made durable.");
        _bytes = _meter.CreateCounter<long>("tidemark.log.append.bytes", "By", "Bytes of these records, uncompressed.");
        _storedBytes = _meter.CreateCounter<long>("tidemark.log.stored.bytes", "By", "Bytes of their batches as stored.");
        _failures = _meter.CreateCounter<long>("tidemark.log.commit.failures", "{commit}", "Commits that failed, by reason.");
        _refused = _meter.CreateCounter<long>("tidemark.log.append.refused", "{append}", "Appends refused before anything was written, by reason.");
        _trimmed = _meter.CreateCounter<long>("tidemark.log.retention.records", "{record}", "Records trimmed from the start of partitions, by topic.");
        _commitWrites = _meter.CreateHistogram(
            "tidemark.log.commit.writes", "{write}", "Writes that shared a commit.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _commitDuration = _meter.CreateHistogram(
            "tidemark.log.commit.duration", "s", "From taking the first write to durable.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _meter.CreateObservableGauge("tidemark.log.queue.bytes", queuedBytes, "By", "Bytes waiting for their commit.");
        _meter.CreateObservableGauge("tidemark.log.disk.free", freeBytes, "By", "Bytes left on the disk of the log.");
        _meter.CreateObservableGauge("tidemark.log.partition.start", starts, "{offset}", "First offset held.");
        _meter.CreateObservableGauge("tidemark.log.partition.end", ends, "{offset}", "Offset after the last record.");
    }

    internal void Committed(int writes, int records, long bytes, long storedBytes, TimeSpan elapsed)
    {
        _records.Add(records);
        _bytes.Add(bytes);
        _storedBytes.Add(storedBytes);
        _commitWrites.Record(writes);
        _commitDuration.Record(elapsed.TotalSeconds);
    }

    internal void CommitFailed(Exception reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", reason switch
    {
        LogFullException => "full",
        LogCorruptException => "corrupt",
        _ => "unavailable",
    }));

    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Trimmed(string topic, long records) => _trimmed.Add(records, new KeyValuePair<string, object?>("topic", topic));

    public void Dispose() => _meter.Dispose();
}
