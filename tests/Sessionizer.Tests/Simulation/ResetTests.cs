using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Snapshots;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>A partition whose state cannot be rebuilt goes on without it when it is asked to: at its offset, once, with the ids that it had seen and the horizon that it had reached.</summary>
public sealed class ResetTests
{
    private const int Events = 30;

    private static readonly TopicPartition _input = new(Topics.Events, 0);
    private static readonly TopicPartition _state = new(Topics.SessionizerState, 0);
    private static readonly TopicPartition _sessions = new(Topics.Sessions, 0);
    private static readonly TimeSpan _gap = TimeSpan.FromSeconds(20);

    private readonly VirtualTime _time = new();
    private readonly SessionizerStatus _status = new(TimeProvider.System);
    private readonly MemoryLog _log;

    public ResetTests()
    {
        _log = new MemoryLog(_time) { QuietAfter = TimeSpan.FromSeconds(1) };
        for (var i = 0; i < Events; i++)
            _log.Script(_time.Now + i * 1000, _input, "a"u8.ToArray(), new TestEvent("a" + i / 10, _time.Now + i * 1000) { Id = i }.Encode());
        Assert.Null(Run());
    }

    [Theory]
    [InlineData("damaged record")]
    [InlineData("missing record")]
    [InlineData("another horizon")]
    [InlineData("position")]
    [InlineData("retention")]
    public void AStoppedPartition_NamesTheCost_AndGoesOnWhenAsked(string damage)
    {
        Damage(damage);
        var stopped = Run();
        // a2 has its events from 20 s to 29 s; a1 ended at 19 s, and the horizon is not 20 s further.
        Assert.Contains($"RESET_PARTITIONS=events/0@{Events} ", stopped, StringComparison.Ordinal);
        Assert.Contains("sessions are open there", stopped, StringComparison.Ordinal);
        Assert.Equal(stopped, Run("events/0@29", "events/1@30"));

        var rows = _log.Of(_sessions).Count;
        var horizon = Commits()[^1].Horizon;
        Assert.Null(Run($"events/0@{Events}"));
        var begins = Assert.Single(Commits(), commit => commit.Begins);
        Assert.Equal((Events, Events), (begins.FromOffset, begins.ToOffset));
        Assert.InRange(begins.Horizon, horizon - 60_000, horizon);

        // An id that was seen before is a duplicate, a new one begins a session, and what is older than the lateness stays late.
        var now = _time.Now;
        Append(new TestEvent("a2", now) { Id = Events - 1 });
        Append(new TestEvent("a2", now) { Id = Events });
        Append(new TestEvent("a2", begins.Horizon - (long)new SessionizerOptions().Lateness.TotalMilliseconds - 1) { Id = Events + 1 });
        Assert.Null(Run($"events/0@{Events}"));
        Assert.Equal(
            [new SkippedRange(Events, 1, SkipReason.Duplicate), new SkippedRange(Events + 2, 1, SkipReason.Late)],
            Commits().Where(commit => commit.FromOffset >= Events).SelectMany(commit => commit.Skipped));

        // The next start needs no leave, and closes what the one before it began.
        _time.Advance(_gap * 10);
        Append(new TestEvent("b", _time.Now) { Id = Events + 2 });
        Assert.Null(Run());
        Assert.Single(Commits(), commit => commit.Begins);
        var row = TestRow.Decode(_log.Of(_sessions).Skip(rows).First().Value);
        Assert.Equal(("a2", 1, 1), (row.Visitor, row.Events, row.Sign));
    }

    [Fact]
    public void WhereTheLogLostRecords_NoResetIsOffered()
    {
        _log.Cut(_input, Events - 2);
        Assert.DoesNotContain("RESET_PARTITIONS", Run(), StringComparison.Ordinal);
        Assert.Contains("events are missing", Run($"events/0@{Events}"), StringComparison.Ordinal);
    }

    private void Damage(string damage)
    {
        switch (damage)
        {
            case "damaged record":
                _log.Put(_state, 0, [1, 2, 3]);
                break;
            case "missing record":
                _log.Remove(_state, _log.Of(_state).Count / 2);
                break;
            case "another horizon":
                _log.Put(_state, 3, (Commits()[3] with { Horizon = Commits()[3].Horizon + 1 }).Encode());
                break;
            case "position":
                _log.SetPosition(_input, 1);
                break;
            case "retention":
                _log.StartOf(_input, 2);
                break;
        }
    }

    private void Append(TestEvent e) => _log.Script(_time.Now, _input, System.Text.Encoding.UTF8.GetBytes(e.Visitor), e.Encode());

    private List<SessionizerCommit> Commits()
    {
        var commits = new List<SessionizerCommit>();
        foreach (var record in _log.Of(_state).Where(record => !SessionizerSnapshot.Is(record.Value) && record.Value.Length > 3))
            commits.Add(SessionizerCommit.Decode(record.Value));
        return commits;
    }

    /// <summary>Why it is stopped, or null.</summary>
    private string? Run(params string[] reset)
    {
        using var metrics = new SessionizerMetrics(new TestMeters(), _status);
        var status = _status.Enter(_input);
        var ownership = new MemoryLog.Ownership(_log, _input);
        var options = new SessionizerOptions { Gap = _gap, CommitRecords = 3, ResetPartitions = reset };
        var worker = new PartitionWorker(_log, ownership, options, _time, new SnapshotRequests(), new SemaphoreSlim(1), metrics, status, NullLogger.Instance);
        try
        {
            Worked.RunUntilStoppedAsync(_log, ownership, worker, status, _time).GetAwaiter().GetResult();
        }
        catch (QuietException)
        {
            Assert.Null(status.Stopped);
            return null;
        }
        return status.Stopped;
    }
}
