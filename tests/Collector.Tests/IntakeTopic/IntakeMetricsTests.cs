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
        await counted.UntilAsync(new()
        {
            ["tidemark.collector.intake.messages"] = 3,
            ["tidemark.collector.events.accepted door=intake lane=live"] = 3,
            ["tidemark.collector.events.rejected code=not_object door=intake"] = 1,
            ["tidemark.collector.events.rejected code=json door=intake"] = 1,
            ["tidemark.collector.rejected.unrecorded"] = 1,
            ["tidemark.collector.events.skewed"] = 1,
            ["tidemark.collector.text.replaced"] = 1,
            ["tidemark.collector.intake.failures reason=aborted"] = 1,
            ["tidemark.collector.intake.failures reason=unknown"] = 1,
            ["tidemark.collector.intake.failures reason=unavailable"] = 1,
        });
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

        /// <summary>The counting comes a moment after the commit, and one sum after the other.</summary>
        internal async Task UntilAsync(Dictionary<string, long> sums)
        {
            await Wait.ForAsync(() => Task.FromResult(string.Join('\n', sums.Where(sum => this[sum.Key] < sum.Value))), static missing => missing.Length == 0, static () => "the counts");
            Assert.All(sums, sum => Assert.Equal((sum.Key, sum.Value), (sum.Key, this[sum.Key])));
        }

        public void Dispose() => _listener.Dispose();
    }
}
