using System.Diagnostics.Metrics;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>
/// A counter over a fixed set of series, all of them told from the start, at 0. Prometheus computes rates from differences, so the first of a rare event that makes its
/// series appear would be invisible to an alert. Adding is one interlocked addition, without tags or memory.
/// </summary>
public sealed class SeriesCounter
{
    private readonly KeyValuePair<string, object?>[][] _series;
    private readonly long[] _values;

    /// <param name="series">The tags of every series; <see cref="Add(int, long)"/> takes the index.</param>
    public SeriesCounter(Meter meter, string name, string unit, string description, params KeyValuePair<string, object?>[][] series)
    {
        _series = series;
        _values = new long[series.Length];
        meter.CreateObservableCounter(name, Observe, unit, description);
    }

    /// <summary>A counter whose series differ in one tag.</summary>
    public SeriesCounter(Meter meter, string name, string unit, string description, string tag, IEnumerable<string> values)
        : this(meter, name, unit, description, [.. values.Select(value => new[] { new KeyValuePair<string, object?>(tag, value) })])
    {
    }

    /// <summary>A counter without tags.</summary>
    public SeriesCounter(Meter meter, string name, string unit, string description)
        : this(meter, name, unit, description, [[]])
    {
    }

    /// <summary>The tags of every combination; the index is that of the first value times the number of the second's, plus the second's.</summary>
    public static KeyValuePair<string, object?>[][] Tags(string first, string[] firstValues, string second, string[] secondValues) =>
        [.. firstValues.SelectMany(one => secondValues.Select(two => new KeyValuePair<string, object?>[] { new(first, one), new(second, two) }))];

    public void Add(int series, long count) => Interlocked.Add(ref _values[series], count);

    public void Add(long count) => Add(0, count);

    private IEnumerable<Measurement<long>> Observe()
    {
        for (var i = 0; i < _values.Length; i++)
            yield return new Measurement<long>(Interlocked.Read(ref _values[i]), _series[i]);
    }
}
