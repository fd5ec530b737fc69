using System.Diagnostics.Metrics;

namespace Tidemark.EventLog.Host;

/// <summary>Counts commits by the log's own metric.</summary>
internal sealed class CommitCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _commits;

    internal CommitCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Tidemark.EventLog", Name: "tidemark.log.commit.writes" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref _commits));
        _listener.Start();
    }

    internal long Commits => Interlocked.Read(ref _commits);

    public void Dispose() => _listener.Dispose();
}
