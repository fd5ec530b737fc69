using System.Diagnostics.Metrics;
using Tidemark.Collector.Intake;

namespace Tidemark.Collector;

/// <summary>Meter "Tidemark.Collector".</summary>
internal sealed class CollectorMetrics : IDisposable
{
    /// <summary>Values of the tag "door" that events are counted under.</summary>
    internal const string Http = "http";
    internal const string Intake = "intake";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _unrecorded;
    private readonly Counter<long> _skewed;
    private readonly Counter<long> _replaced;
    private readonly Counter<long> _mislabelled;
    private readonly Histogram<double> _ack;
    private readonly Histogram<double> _intakeCommit;
    private readonly Counter<long> _intakeMessages;
    private readonly Counter<long> _intakeFailures;
    private readonly Counter<long> _intakeLost;

    public CollectorMetrics(IMeterFactory factory, InFlightBytes inFlight)
    {
        _meter = factory.Create("Tidemark.Collector");
        _requests = _meter.CreateCounter<long>("tidemark.collector.requests", "{request}", "Requests answered, by door and status.");
        _bytes = _meter.CreateCounter<long>("tidemark.collector.received", "By", "Bytes of bodies as received.");
        _accepted = _meter.CreateCounter<long>("tidemark.collector.events.accepted", "{event}", "Events stored, by lane and door (http, intake).");
        _rejected = _meter.CreateCounter<long>("tidemark.collector.events.rejected", "{event}", "Events, requests and messages refused, by code and door (http, intake).");
        _unrecorded = _meter.CreateCounter<long>("tidemark.collector.rejected.unrecorded", "{event}", "Rejected events not kept in their topic because there were too many, or because it failed.");
        _skewed = _meter.CreateCounter<long>("tidemark.collector.events.skewed", "{event}", "Events whose time was corrected for the device's clock.");
        _replaced = _meter.CreateCounter<long>("tidemark.collector.text.replaced", "{character}", "NULs and half surrogate pairs replaced by U+FFFD.");
        _mislabelled = _meter.CreateCounter<long>("tidemark.collector.bodies.mislabelled", "{request}", "Bodies whose compression was not what the header said.");
        _ack = _meter.CreateHistogram(
            "tidemark.collector.ack.duration", "s", "Time from the parsed request to the log's acknowledgement.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _intakeCommit = _meter.CreateHistogram(
            "tidemark.collector.intake.commit.duration", "s", "Time to commit one transaction of the intake topic.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _intakeMessages = _meter.CreateCounter<long>("tidemark.collector.intake.messages", "{message}", "Messages of the intake topic whose fate is committed.");
        _intakeFailures = _meter.CreateCounter<long>("tidemark.collector.intake.failures", "{failure}", "Transactions of the intake topic that failed, and stops, by reason.");
        _intakeLost = _meter.CreateCounter<long>("tidemark.collector.intake.lost", "{message}", "Messages of the intake topic that retention removed before they were read.");
        _meter.CreateObservableUpDownCounter("tidemark.collector.in_flight", () => inFlight.Current, "By", "Bytes of bodies being worked on.");
    }

    internal void Answered(string door, int status) => _requests.Add(1, new KeyValuePair<string, object?>("door", door), new KeyValuePair<string, object?>("status", status));

    internal void Received(long bytes) => _bytes.Add(bytes);

    internal void Accepted(Lane lane, string door, int events) =>
        _accepted.Add(events, new KeyValuePair<string, object?>("door", door), new KeyValuePair<string, object?>("lane", lane == Lane.Live ? "live" : "history"));

    internal void Rejected(RejectCode code, string door, int events) =>
        _rejected.Add(events, new KeyValuePair<string, object?>("code", RejectCodes.Name(code)), new KeyValuePair<string, object?>("door", door));

    internal void Unrecorded(int events) => _unrecorded.Add(events);

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

    internal void IntakeFailed(string reason) => _intakeFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void IntakeLost(long messages) => _intakeLost.Add(messages);

    public void Dispose() => _meter.Dispose();
}
