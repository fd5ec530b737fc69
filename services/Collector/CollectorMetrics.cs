using System.Diagnostics.Metrics;
using Tidemark.Collector.Agents;
using Tidemark.Collector.Intake;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Collector;

/// <summary>Meter "Tidemark.Collector"; what each instrument is for stands in <c>deploy/prometheus/README.md</c>. Counted per request or batch, without allocation.</summary>
internal sealed class CollectorMetrics : IDisposable
{
    /// <summary>Values of the tag "door" that events are counted under.</summary>
    internal const string Http = "http";
    internal const string Intake = "intake";

    private static readonly string[] _doors = [Http, Intake];
    private static readonly string[] _lanes = [.. Lanes.Names];
    private static readonly string[] _codes = [.. Enum.GetValues<RejectCode>().Where(code => code != RejectCode.None).Select(RejectCodes.Name)];
    private static readonly string[] _intakeReasons = ["aborted", "fenced", "stopped", "unavailable", "unknown"];
    private static readonly double[] _seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    // A tag's value is an object: boxed once, not per request.
    private static readonly object[] _statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly SeriesCounter _refused;
    private readonly SeriesCounter _accepted;
    private readonly SeriesCounter _rejected;
    private readonly SeriesCounter _unrecorded;
    private readonly SeriesCounter _appendFailures;
    private readonly SeriesCounter _skewed;
    private readonly SeriesCounter _replaced;
    private readonly SeriesCounter _mislabelled;
    private readonly SeriesCounter _intakeMessages;
    private readonly SeriesCounter _intakeFailures;
    private readonly SeriesCounter _intakeLost;
    private readonly Histogram<double> _ack;
    private readonly Histogram<double> _intakeCommit;

    public CollectorMetrics(IMeterFactory factory, InFlightBytes inFlight, IntakeStatus intake, CollectorOptions options)
    {
        _meter = factory.Create("Tidemark.Collector");
        _requests = _meter.CreateCounter<long>("tidemark.collector.requests", "{request}", "Requests answered, by door and status.");
        _bytes = _meter.CreateCounter<long>("tidemark.collector.received", "By", "Bytes of bodies as received.");
        _refused = new SeriesCounter(_meter, "tidemark.collector.requests.refused", "{request}", "Requests of which nothing was stored, by code.", "code", _codes);
        _accepted = new SeriesCounter(
            _meter, "tidemark.collector.events.accepted", "{event}", "Events stored, by lane and door (http, intake).", SeriesCounter.Tags("door", _doors, "lane", _lanes));
        _rejected = new SeriesCounter(
            _meter, "tidemark.collector.events.rejected", "{event}", "Events refused, by code and door (http, intake); a body or message that cannot be read counts as one.",
            SeriesCounter.Tags("code", _codes, "door", _doors));
        _unrecorded = new SeriesCounter(
            _meter, "tidemark.collector.rejected.unrecorded", "{event}", "Rejected events not kept in their topic because there were too many, or because it failed.");
        _appendFailures = new SeriesCounter(
            _meter, "tidemark.collector.append.failures", "{append}", "Appends of events that the log did not take, by reason; clients are told to retry.", "reason", ["unavailable", "full"]);
        _skewed = new SeriesCounter(_meter, "tidemark.collector.events.skewed", "{event}", "Events whose time was corrected for the device's clock.");
        _replaced = new SeriesCounter(_meter, "tidemark.collector.text.replaced", "{character}", "NULs and half surrogate pairs replaced by U+FFFD.");
        _meter.CreateObservableCounter(
            "tidemark.collector.agents.unread", () => UserAgentCache.Shared.Unread, "{event}", "Events whose user agent was not looked at because too many new ones came.");
        _mislabelled = new SeriesCounter(_meter, "tidemark.collector.bodies.mislabelled", "{request}", "Bodies whose compression was not what the header said.");
        _intakeMessages = new SeriesCounter(_meter, "tidemark.collector.intake.messages", "{message}", "Messages of the intake topic whose fate is committed.");
        _intakeFailures = new SeriesCounter(
            _meter, "tidemark.collector.intake.failures", "{failure}", "Transactions of the intake topic that failed, and stops, by reason.", "reason", _intakeReasons);
        _intakeLost = new SeriesCounter(_meter, "tidemark.collector.intake.lost", "{message}", "Messages of the intake topic that retention removed before they were read.");
        _ack = _meter.CreateHistogram(
            "tidemark.collector.ack.duration", "s", "Time from the parsed request to the log's acknowledgement.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = _seconds });
        _intakeCommit = _meter.CreateHistogram(
            "tidemark.collector.intake.commit.duration", "s", "Time to commit one transaction of the intake topic.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = _seconds });
        _meter.CreateObservableUpDownCounter("tidemark.collector.in_flight", () => inFlight.Current, "By", "Bytes of bodies being worked on.");
        _meter.CreateObservableGauge("tidemark.collector.in_flight.limit", () => options.MaxInFlightBytes, "By", "The most of them; beyond it requests are answered 503.");
        Observe(intake);
    }

    private void Observe(IntakeStatus intake)
    {
        _meter.CreateObservableGauge(
            "tidemark.collector.intake.lag", () => intake.Observe(static partition => partition.Lag), "{message}", "Messages of the intake topic that no transaction has taken yet.");
        _meter.CreateObservableGauge(
            "tidemark.collector.intake.lag.duration", () => intake.Observe(static partition => partition.Oldest.Age.TotalSeconds), "s",
            "Age of the oldest message of the intake topic whose fate is not committed; 0 when there is none.");
        _meter.CreateObservableGauge(
            "tidemark.collector.intake.state",
            () => intake.Observe("state", IntakeStatus.States, static (partition, state) => partition.StateName == state ? 1 : 0), "{partition}",
            "1 for the state that an owned partition of the intake topic is in: running or stopped.");
    }

    internal void Answered(string door, int status) => _requests.Add(1, new("door", door), new("status", _statuses[status]));

    internal void Refused(RejectCode code) => _refused.Add(IndexOf(code), 1);

    internal void Received(long bytes) => _bytes.Add(bytes);

    internal void Accepted(Lane lane, string door, int events) => _accepted.Add(Array.IndexOf(_doors, door) * _lanes.Length + (int)lane, events);

    internal void Rejected(RejectCode code, string door, int events) => _rejected.Add(IndexOf(code) * _doors.Length + Array.IndexOf(_doors, door), events);

    internal void Unrecorded(int events) => _unrecorded.Add(events);

    internal void AppendFailed(bool full) => _appendFailures.Add(full ? 1 : 0, 1);

    internal void Mended(int skewed, int replaced)
    {
        if (skewed > 0)
            _skewed.Add(skewed);
        if (replaced > 0)
            _replaced.Add(replaced);
    }

    internal void Mislabelled() => _mislabelled.Add(1);

    internal void Acknowledged(TimeSpan elapsed) => _ack.Record(elapsed.TotalSeconds);

    internal void IntakeCommitted(int messages, TimeSpan elapsed)
    {
        _intakeMessages.Add(messages);
        _intakeCommit.Record(elapsed.TotalSeconds);
    }

    internal void IntakeFailed(string reason) => _intakeFailures.Add(Array.IndexOf(_intakeReasons, reason), 1);

    internal void IntakeLost(long messages) => _intakeLost.Add(messages);

    public void Dispose() => _meter.Dispose();

    // None is the first of the codes and has no series.
    private static int IndexOf(RejectCode code) => (int)code - 1;
}
