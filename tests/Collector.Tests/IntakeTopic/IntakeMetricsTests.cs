using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class IntakeMetricsTests
{
    /// <summary>What was rolled back is counted when it is done, and not before.</summary>
    [Fact]
    public async Task Metrics_CountCommittedMessagesOnce()
    {
        // Two are refused, each time the batch is tried. An abort gives the allowance back; where nobody knows what was kept it stays used up, which leaves one.
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { RejectedBurst = 3, RejectedPerSecond = 0 });
        var faults = new Queue<Fault>([Fault.Aborted, Fault.UnknownAndNotDone, Fault.Unavailable]);
        run.Log.Next = () => faults.TryDequeue(out var fault) ? fault : Fault.None;
        const string Good = """{"event":"e","anonymousId":"a","writeKey":"live"}""";
        await run.SendAsync(0, $"[{Good},{Good},5]", "garbage", """{"event":"\ud83d","anonymousId":"a","writeKey":"other","timestamp":"2026-05-04T12:00:00Z","sentAt":"2026-05-04T18:00:00Z"}""");
        using var counted = new Counted(run);
        await run.StartAsync();
        await run.DrainAsync();
        await counted.UntilAsync("tidemark.collector.intake.messages", 3);
        Assert.Equal(3, counted["tidemark.collector.events.accepted door=intake lane=live"]);
        Assert.Equal(1, counted["tidemark.collector.events.rejected code=not_object door=intake"]);
        Assert.Equal(1, counted["tidemark.collector.events.rejected code=json door=intake"]);
        Assert.Equal(1, counted["tidemark.collector.rejected.unrecorded"]);
        Assert.Equal(1, counted["tidemark.collector.events.skewed"]);
        Assert.Equal(1, counted["tidemark.collector.text.replaced"]);
        Assert.Equal(1, counted["tidemark.collector.intake.failures reason=aborted"]);
        Assert.Equal(1, counted["tidemark.collector.intake.failures reason=unknown"]);
        Assert.Equal(1, counted["tidemark.collector.intake.failures reason=unavailable"]);
    }

    /// <summary>Sums of the counters of one collector, by name and tags.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> _sums = [];
        private readonly MeterListener _listener = new();

        internal Counted(IntakeRun run)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                // Other tests have collectors too.
                if (instrument.Meter.Name == "Tidemark.Collector" && ReferenceEquals(instrument.Meter.Scope, run.Services?.GetRequiredService<IMeterFactory>()))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                var name = instrument.Name;
                foreach (var tag in tags)
                    name += $" {tag.Key}={tag.Value}";
                // What is observed is the sum already.
                _sums.AddOrUpdate(name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
            });
            run.Built = _listener.Start;
        }

        internal long this[string name]
        {
            get
            {
                _listener.RecordObservableInstruments();
                return _sums.GetValueOrDefault(name);
            }
        }

        /// <summary>The counting comes a moment after the commit.</summary>
        internal async Task UntilAsync(string name, long sum)
        {
            for (var tries = 0; tries < 500 && this[name] < sum; tries++)
                await Task.Delay(10);
            Assert.Equal(sum, this[name]);
        }

        public void Dispose() => _listener.Dispose();
    }
}
