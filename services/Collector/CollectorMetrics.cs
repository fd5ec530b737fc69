using System.Diagnostics.Metrics;
using Tidemark.Collector.Intake;

namespace Tidemark.Collector;

/// <summary>Meter "Tidemark.Collector".</summary>
internal sealed class CollectorMetrics : IDisposable
{
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

    public CollectorMetrics(IMeterFactory factory, InFlightBytes inFlight)
    {
        _meter = factory.Create("Tidemark.Collector");
        _requests = _meter.CreateCounter<long>("tidemark.collector.requests", "{request}", "Requests answered, by door and status.");
        _bytes = _meter.CreateCounter<long>("tidemark.collector.received", "By", "Bytes of bodies as received.");
        _accepted = _meter.CreateCounter<long>("tidemark.collector.events.accepted", "{event}", "Events stored, by lane.");
        _rejected = _meter.CreateCounter<long>("tidemark.collector.events.rejected", "{event}", "Events and requests refused, by code.");
        _unrecorded = _meter.CreateCounter<long>("tidemark.collector.rejected.unrecorded", "{event}", "Rejected events not kept in their topic because there were too many, or because it failed.");
        _skewed = _meter.CreateCounter<long>("tidemark.collector.events.skewed", "{event}", "Events whose time was corrected for the device's clock.");
        _replaced = _meter.CreateCounter<long>("tidemark.collector.text.replaced", "{character}", "NULs and half surrogate pairs replaced by U+FFFD.");
        _mislabelled = _meter.CreateCounter<long>("tidemark.collector.bodies.mislabelled", "{request}", "Bodies whose compression was not what the header said.");
        _ack = _meter.CreateHistogram(
            "tidemark.collector.ack.duration", "s", "Time from the parsed request to the log's acknowledgement.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _meter.CreateObservableUpDownCounter("tidemark.collector.in_flight", () => inFlight.Current, "By", "Bytes of bodies being worked on.");
    }

    internal void Answered(string door, int status) => _requests.Add(1, new KeyValuePair<string, object?>("door", door), new KeyValuePair<string, object?>("status", status));

    internal void Received(long bytes) => _bytes.Add(bytes);

    internal void Accepted(Lane lane, int events) => _accepted.Add(events, new KeyValuePair<string, object?>("lane", lane == Lane.Live ? "live" : "history"));

    internal void Rejected(RejectCode code) => _rejected.Add(1, new KeyValuePair<string, object?>("code", RejectCodes.Name(code)));

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

    public void Dispose() => _meter.Dispose();
}
