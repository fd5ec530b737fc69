using System.Diagnostics.Metrics;
using Tidemark.Contracts;
using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer;

/// <summary>
/// Meter "Tidemark.Sessionizer"; what each instrument is for stands in <c>deploy/prometheus/README.md</c>. Counted per batch or transaction, never per event. The tag lane is
/// live or history.
/// </summary>
internal sealed class SessionizerMetrics : IDisposable
{
    public const string MeterName = "Tidemark.Sessionizer";

    private static readonly string[] _lanes = [.. Lanes.Names];
    private static readonly string[] _verdicts = [.. Enum.GetValues<Verdict>().Select(NameOf)];
    private static readonly string[] _kinds = ["first", "retraction", "correction", "live", "import_closed", "import_undone"];
    private static readonly string[] _kept = ["open", "kept"];
    private static readonly string[] _outcomes = ["aborted", "fenced", "unavailable", "unknown"];

    private readonly Meter _meter;
    private readonly SeriesCounter _records;
    private readonly SeriesCounter _rows;
    private readonly SeriesCounter _aborts;
    private readonly SeriesCounter _replayed;
    private readonly Histogram<double> _commitDuration;

    public SessionizerMetrics(IMeterFactory factory, SessionizerStatus status)
    {
        _meter = factory.Create(MeterName);
        _records = new SeriesCounter(_meter, "tidemark.sessionizer.records", "{record}", "Input records by what became of them.", SeriesCounter.Tags("lane", _lanes, "verdict", _verdicts));
        _rows = new SeriesCounter(_meter, "tidemark.sessionizer.rows", "{row}", "Rows put out: first, retraction, correction, live, import_closed, import_undone.", SeriesCounter.Tags("lane", _lanes, "kind", _kinds));
        _aborts = new SeriesCounter(_meter, "tidemark.sessionizer.aborts", "{transaction}", "Transactions that did not commit, by outcome.", SeriesCounter.Tags("lane", _lanes, "outcome", _outcomes));
        _replayed = new SeriesCounter(_meter, "tidemark.sessionizer.replayed", "{record}", "Input records repeated to rebuild state.", "lane", _lanes);
        _commitDuration = _meter.CreateHistogram(
            "tidemark.sessionizer.commit.duration", "s", "Time of a commit: emission and the log's answer.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        Observe(status);
    }

    public void Took(Lane lane, Verdict verdict, long count)
    {
        if (count > 0)
            _records.Add(Index(lane, (int)verdict, _verdicts), count);
    }

    public void Put(Lane lane, string kind, long count)
    {
        if (count > 0)
            _rows.Add(Index(lane, Array.IndexOf(_kinds, kind), _kinds), count);
    }

    public void Committed(Lane lane, TimeSpan duration) => _commitDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("lane", lane.Name()));

    public void Failed(Lane lane, string outcome) => _aborts.Add(Index(lane, Array.IndexOf(_outcomes, outcome), _outcomes), 1);

    public void Replayed(Lane lane, long count) => _replayed.Add((int)lane, count);

    public void Dispose() => _meter.Dispose();

    private void Observe(SessionizerStatus partitions)
    {
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.sessions", () => partitions.Observe("state", _kept, static (status, state) => state == "open" ? status.Open : status.Kept), "{session}",
            "Sessions in memory: open ones and all that are kept.");
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.lag", () => partitions.Observe(static status => status.Lag), "{record}",
            "Committed input records that are not processed yet.");
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.lag.duration", () => partitions.Observe(static status => status.Oldest.Age.TotalSeconds), "s",
            "Age of the oldest input record that is in no commit yet; 0 when there is none.");
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.partition.state",
            () => partitions.Observe("state", SessionizerStatus.States, static (status, state) => status.StateName == state ? 1 : 0), "{partition}",
            "1 for the state that an owned partition is in: running, replaying or stopped.");
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.replay.rate", () => partitions.Observe(static status => status.ReplayRate), "{record}/s", "Speed of the last replay.");
        _meter.CreateObservableGauge(
            "tidemark.sessionizer.recovery.duration", () => partitions.Observe(static status => status.Recovery.TotalSeconds), "s",
            "How long a recovery is expected to take, by what stands in the log since the newest snapshot.");
    }

    private static int Index(Lane lane, int value, string[] values) => (int)lane * values.Length + value;

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Counted => "counted",
        Verdict.Duplicate => "duplicate",
        Verdict.Late => "late",
        Verdict.LateImportEnded => "late_import_ended",
        Verdict.Unreadable => "unreadable",
        Verdict.Undo => "undo",
        _ => "marker",
    };
}
