using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The values of an observable gauge for one topic.</summary>
internal sealed class Gauge : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _values = new();
    private readonly string _topic;

    public Gauge(string name, string topic)
    {
        _topic = topic;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var (key, tag) in tags)
            {
                if (key == "topic")
                    _values[(string)tag!] = value;
            }
        });
        _listener.Start();
    }

    public async Task BecomesAsync(long expected)
    {
        await Wait.ForAsync(
            () =>
            {
                _listener.RecordObservableInstruments();
                return Task.FromResult(_values.GetValueOrDefault(_topic, -1));
            },
            value => value == expected, () => $"{expected} of {_topic}");
    }

    public void Dispose() => _listener.Dispose();
}
