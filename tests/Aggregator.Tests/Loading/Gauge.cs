using System.Collections.Concurrent;
using System.Diagnostics;
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
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2); await Task.Delay(20))
        {
            _listener.RecordObservableInstruments();
            if (_values.TryGetValue(_topic, out var value) && value == expected)
                return;
        }
        Assert.Equal(expected, _values.GetValueOrDefault(_topic, -1));
    }

    public void Dispose() => _listener.Dispose();
}
