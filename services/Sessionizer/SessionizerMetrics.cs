using System.Diagnostics.Metrics;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer;

/// <summary>The instruments of the sessionizer; counted per batch or transaction, never per event. The tag lane is live or history.</summary>
internal sealed class SessionizerMetrics : IDisposable
{
    public const string MeterName = "Tidemark.Sessionizer";

    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _aborts;
    private readonly Counter<long> _replayed;
    private readonly Histogram<double> _commitDuration;

    public SessionizerMetrics(IMeterFactory factory, SessionizerStatus status)
    {
        _meter = factory.Create(MeterName);
        _records = _meter.CreateCounter<long>("tidemark.sessionizer.records", "{record}", "Input records by what became of them.");
        _rows = _meter.CreateCounter<long>("tidemark.sessionizer.rows", "{row}", "Rows put out: first, retraction, correction, live, deleted, import_closed.");
        _aborts = _meter.CreateCounter<long>("tidemark.sessionizer.aborts", "{transaction}", "Transactions that did not commit, by outcome.");
        _replayed = _meter.CreateCounter<long>("tidemark.sessionizer.replayed", "{record}", "Input records repeated to rebuild state.");
        _commitDuration = _meter.CreateHistogram(
            "tidemark.sessionizer.commit.duration", "s", "Time of a commit: emission and the log's answer.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _meter.CreateObservableGauge("tidemark.sessionizer.sessions", status.ObserveSessions, "{session}", "Sessions in memory: open ones and all that are kept.");
        _meter.CreateObservableGauge("tidemark.sessionizer.lag", status.ObserveLag, "{record}", "Committed input records that are not processed yet.");
        _meter.CreateObservableGauge("tidemark.sessionizer.replay.rate", status.ObserveReplayRate, "{record}/s", "Speed of the last replay.");
    }

    public void Took(string lane, Verdict verdict, long count)
    {
        if (count > 0)
            _records.Add(count, new("lane", lane), new("verdict", NameOf(verdict)));
    }

    public void Put(string lane, string kind, long count)
    {
        if (count > 0)
            _rows.Add(count, new("lane", lane), new("kind", kind));
    }

    public void Committed(string lane, TimeSpan duration) => _commitDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("lane", lane));

    public void Failed(string lane, string outcome) => _aborts.Add(1, new("lane", lane), new("outcome", outcome));

    public void Replayed(string lane, long count) => _replayed.Add(count, new KeyValuePair<string, object?>("lane", lane));

    public void Dispose() => _meter.Dispose();

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Counted => "counted",
        Verdict.Duplicate => "duplicate",
        Verdict.Late => "late",
        Verdict.LateImportEnded => "late_import_ended",
        Verdict.Unreadable => "unreadable",
        _ => "marker",
    };
}
