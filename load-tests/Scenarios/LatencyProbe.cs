using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>From the acknowledgement of single events at a door to the moment when a query over <c>events</c> finds them; polled every 50 ms.</summary>
internal sealed class LatencyProbe(IProduct product, string door, Func<IReadOnlyList<SentEvent>, Task<long>> send)
{
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, long> _waiting = [];
    private readonly List<double> _seconds = [];
    private int _sent;

    /// <summary>Probes acknowledged so far; each is an event of its own visitor.</summary>
    internal int Sent => _sent;

    internal string Door => door;

    /// <summary>Seconds, sorted; after the end of <see cref="RunAsync"/>.</summary>
    internal IReadOnlyList<double> Seconds => _seconds;

    internal async Task RunAsync(CancellationToken stop)
    {
        var polling = PollAsync();
        while (!stop.IsCancellationRequested)
        {
            var visitor = $"probe-{door}-{_sent}";
            var json = string.Create(CultureInfo.InvariantCulture,
                $"{{\"type\":\"track\",\"event\":\"probe\",\"anonymousId\":\"{visitor}\",\"messageId\":\"{visitor}\",\"writeKey\":\"{product.Key}\",\"timestamp\":\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fff}Z\"}}");
            _waiting[visitor] = await send([new SentEvent(visitor, Encoding.UTF8.GetBytes(json), false, false)]);
            _sent++;
            await Task.Delay(_every, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        await polling;
        _seconds.Sort();

        async Task PollAsync()
        {
            var ended = Stopwatch.StartNew();
            while (!stop.IsCancellationRequested || (!_waiting.IsEmpty && ended.Elapsed < TimeSpan.FromSeconds(60)))
            {
                if (!stop.IsCancellationRequested)
                    ended.Restart();
                await SeeAsync();
                await Task.Delay(_poll, CancellationToken.None);
            }
        }
    }

    internal double Quantile(double share) => _seconds.Count == 0 ? double.NaN : _seconds[Math.Min(_seconds.Count - 1, (int)(share * _seconds.Count))];

    private async Task SeeAsync()
    {
        if (_waiting.IsEmpty)
            return;
        var names = string.Join(',', _waiting.Keys.Select(visitor => $"'{visitor}'"));
        var found = await product.SqlAsync($"SELECT visitor_id FROM events WHERE project = 'local' AND visitor_id IN ({names})", CancellationToken.None);
        foreach (var visitor in found.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (_waiting.TryRemove(visitor, out var since))
                _seconds.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
        }
    }
}
