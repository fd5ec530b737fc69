using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>Splits by duration and by count: nothing lost, nothing overlaps, nothing longer or larger than allowed.</summary>
public sealed class CapTests
{
    private const long Minute = 60_000;

    [Fact]
    public void APollerOfThreeDays_IsCutAtTwelveHours()
    {
        var rules = new LivePartition(new SessionSettings(30 * Minute, 30_000, 120 * Minute, 720 * Minute, 100_000), 1 << 16);
        var output = new CollectedOutput();
        for (var i = 0; i < 4320; i++)
        {
            Assert.Equal(Verdict.Counted, rules.Take(i, new TestEvent("poller", i * Minute) { Id = i + 1 }.Encode()));
            if (i % 7 == 0)
                rules.CommitPoint(false, i, output);
        }
        rules.Idle(10_000 * Minute);
        rules.CommitPoint(false, 5000, output);
        var rows = output.Net.OrderBy(r => r.Start).ToList();
        Assert.Equal(4320, rows.Sum(r => r.Events));
        Assert.Equal(720 * Minute, rows.Max(r => r.End - r.Start));
        Assert.Equal((0, 4319 * Minute), (rows[0].Start, rows[^1].End));
        Assert.Equal([false, .. Enumerable.Repeat(true, rows.Count - 1)], rows.Select(r => r.Continued));
        Assert.All(rows.SkipLast(1), r => Assert.Equal(CloseReason.MaxDuration, r.Reason));
        Assert.Equal(CloseReason.Idle, rows[^1].Reason);
        Assert.Equal(rows.Count, rows.Select(r => r.SessionId).Distinct().Count());
    }

    [Fact]
    public void MaxEvents_CutsAndSaysSo()
    {
        var rules = new LivePartition(new SessionSettings(10, 0, 0, 1_000_000, 3), 100);
        var output = new CollectedOutput();
        for (var i = 0; i < 8; i++)
            rules.Take(i, new TestEvent("a", i) { Id = i + 1 }.Encode());
        rules.Idle(100);
        rules.CommitPoint(false, 8, output);
        var rows = output.Net.OrderBy(r => r.Start).ToList();
        Assert.Equal([3, 3, 2], rows.Select(r => r.Events));
        Assert.Equal([CloseReason.MaxEvents, CloseReason.MaxEvents, CloseReason.Idle], rows.Select(r => r.Reason));
        Assert.Equal([false, true, true], rows.Select(r => r.Continued));
    }

    [Fact]
    public void ABridgeThatWouldBreakACap_JoinsTheLeftOne_ElseTheRight_ElseStandsAlone()
    {
        // Left [0, 8], right [16, 20], gap 8, at most 12 long: 12 fits the left one; then 13 fits the right one only.
        var rules = new LivePartition(new SessionSettings(8, 100, 1000, 12, 100), 100);
        var output = new CollectedOutput();
        var offset = 0L;
        foreach (var time in (long[])[0, 8, 17, 20, 12, 13])
            rules.Take(offset, new TestEvent("a", time) { Id = ++offset }.Encode());
        rules.Idle(1000);
        rules.CommitPoint(false, offset, output);
        Assert.Equal([(0, 12, 3), (13, 20, 3)], output.Net.OrderBy(r => r.Start).Select(r => ((int)r.Start, (int)r.End, r.Events)));

        var alone = new LivePartition(new SessionSettings(8, 100, 1000, 5, 100), 100);
        var second = new CollectedOutput();
        foreach (var time in (long[])[0, 5, 17, 20, 12])
            alone.Take(offset, new TestEvent("a", time) { Id = ++offset }.Encode());
        alone.Idle(1000);
        alone.CommitPoint(false, offset, second);
        Assert.Equal([(0, 5, false), (12, 12, true), (17, 20, true)], second.Net.OrderBy(r => r.Start).Select(r => ((int)r.Start, (int)r.End, r.Continued)));
    }

    [Fact]
    public void RandomRunsWithTightCaps_LoseNothingAndNeverOverlap()
    {
        foreach (var seed in Seeds.Take(unchanging: 2000, fresh: 1000))
        {
            var random = new Random(seed);
            var settings = new SessionSettings(random.Next(1, 20), random.Next(30), 100_000, random.Next(1, 60), random.Next(1, 8));
            var rules = new LivePartition(settings, 1000);
            var output = new CollectedOutput();
            var sent = new List<(string Visitor, long Time)>();
            var clock = 0L;
            for (var offset = 0; offset < 80; offset++)
            {
                clock += random.Next(8);
                var e = new TestEvent(random.Next(3) == 0 ? "b" : "a", clock - random.Next(random.Next(1, 60))) { Id = random.NextInt64() };
                Assert.Equal(Verdict.Counted, rules.Take(offset, e.Encode()));
                sent.Add((e.Visitor, e.Time));
                if (random.Next(10) == 0)
                    rules.CommitPoint(false, offset, output);
            }
            rules.Idle(1_000_000);
            rules.CommitPoint(false, 80, output);
            CheckCut(seed, settings, sent, output);
        }
    }

    private static void CheckCut(int seed, SessionSettings settings, List<(string Visitor, long Time)> sent, CollectedOutput output)
    {
        Assert.True(output.Net.Sum(r => r.Events) == sent.Count, $"seed {seed}: events lost or doubled");
        Assert.True(output.Net.Select(r => r.SessionId).Distinct().Count() == output.Net.Count(), $"seed {seed}: an id twice");
        foreach (var rows in output.Net.GroupBy(r => r.Visitor).Select(g => g.OrderBy(r => r.Start).ToList()))
        {
            var times = sent.Where(s => s.Visitor == rows[0].Visitor).Select(s => s.Time).ToList();
            foreach (var row in rows)
            {
                Assert.True(row.End - row.Start <= settings.MaxDurationMs, $"seed {seed}: too long");
                Assert.True(row.Events == times.Count(t => t >= row.Start && t <= row.End), $"seed {seed}: an event in the wrong session");
                Assert.Contains(row.Start, times);
                Assert.Contains(row.End, times);
            }
            for (var i = 1; i < rows.Count; i++)
            {
                Assert.True(rows[i].Start > rows[i - 1].End, $"seed {seed}: overlap");
                var near = rows[i].Start - rows[i - 1].End <= settings.GapMs;
                Assert.True(rows[i].Continued == near, $"seed {seed}: continued is not told");
                Assert.True(!near || rows[i - 1].Reason is CloseReason.MaxDuration or CloseReason.MaxEvents, $"seed {seed}: the cut is not told");
            }
            Assert.False(rows[0].Continued);
        }
    }
}
