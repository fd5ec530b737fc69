using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Retention;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>
/// A partition's whole life in virtual time: traffic by a seed, a worker that is killed, aborted or fenced by plan and started again, until everything is quiet.
/// Then what the log holds must be what an undisturbed run would have left.
/// </summary>
internal sealed class SimulatedRun
{
    private readonly Random _random;
    private readonly TopicPartition _input;
    private readonly bool _history;
    private readonly VirtualTime _time = new();
    private readonly SessionizerMetrics _metrics;
    private readonly SessionizerStatus _status = new(TimeProvider.System);
    private readonly bool _trims;
    private SessionizerOptions? _before;
    private int _changedAt;

    public SimulatedRun(int seed)
    {
        _random = new Random(seed);
        _trims = seed % 2 == 0;
        _history = _random.Next(3) == 0;
        _input = new TopicPartition(_history ? Topics.History : Topics.Events, 0);
        _metrics = new SessionizerMetrics(new TestMeters(), _status);
        Log = new MemoryLog(_time) { SetSize = _random.Next(1, 6) };
        Options = new SessionizerOptions
        {
            Gap = TimeSpan.FromSeconds(3),
            Disorder = TimeSpan.FromSeconds(_random.Next(3)),
            Lateness = _random.Next(2) == 0 ? TimeSpan.FromSeconds(2) : TimeSpan.FromHours(2),
            DuplicateWindow = 30,
            HistoryDuplicateWindow = 30,
            CommitRecords = _random.Next(2, 8),
            // A commit counts as 95 microseconds: a snapshot after each few of them, or none.
            RecoveryTime = new Random(seed).Next(4) switch { 0 => TimeSpan.FromSeconds(1), var n => TimeSpan.FromMicroseconds(n * 150) },
            Projects = [Own("q")],
        };
        Write(_random.Next(8, 40));
    }

    public MemoryLog Log { get; }

    public SessionizerOptions Options { get; set; }

    public int Restarts { get; private set; }

    /// <summary>Other settings for all from now on, and more traffic. Everything before it has closed: the run must be quiet.</summary>
    public void Change()
    {
        _before = Options;
        _changedAt = Log.Of(_input).Count;
        Options = Options with
        {
            Gap = TimeSpan.FromSeconds(_random.Next(2, 8)),
            Projects = _random.Next(3) switch { 0 => [], 1 => [Own("p")], _ => [Own("q"), Own("p")] },
        };
        Write(_random.Next(8, 40));
    }

    private ProjectSessionOptions Own(string project) => new()
    {
        Name = project,
        Gap = TimeSpan.FromSeconds(_random.Next(1, 6)),
        Disorder = TimeSpan.FromSeconds(_random.Next(3)),
        Lateness = TimeSpan.FromSeconds(_random.Next(1, 4)),
    };

    public void Run(FaultPlan faults)
    {
        Log.Faults = faults;
        var requests = new SnapshotRequests();
        while (true)
        {
            try
            {
                var ownership = new MemoryLog.Ownership(Log, _input);
                var status = _status.Enter(_input);
                var worker = new PartitionWorker(Log, ownership, Options, _time, requests, new SemaphoreSlim(1), _metrics, status, NullLogger.Instance);
                var run = Worked.RunUntilStoppedAsync(Log, ownership, worker, status, _time);
                Assert.True(run.IsCompleted, "something waited for real time");
                Assert.True(run.GetAwaiter().GetResult(), status.Stopped);
            }
            catch (KilledException)
            {
                Restarts++;
                Assert.True(Restarts < 10_000);
                // Whatever nobody needs is gone when the next owner comes.
                if (_trims)
                    Trim(requests);
            }
            catch (QuietException)
            {
                return;
            }
        }
    }

    private void Trim(SnapshotRequests requests)
    {
        var faults = Log.Faults;
        Log.Faults = FaultPlan.Nothing;
        new LogTrim(Log, _input, requests, TimeSpan.Zero, _time, NullLogger.Instance).TrimAsync(CancellationToken.None).GetAwaiter().GetResult();
        Log.Faults = faults;
    }

    public void Check()
    {
        var commits = CheckedCommits();
        var output = Replayed();
        var before = new List<TestEvent>();
        var accepted = new List<TestEvent>();
        var late = new List<long>();
        var seen = new List<(long Offset, long Id)>();
        var at = 0;
        var skipped = commits.SelectMany(c => c.Skipped).ToList();
        var records = Log.Of(_input);
        for (var offset = 0; offset < records.Count; offset++)
        {
            var verdict = SkippedRanges.VerdictOf(skipped, ref at, offset);
            if (!EventFields.Is(records[offset].Value))
            {
                Assert.True(verdict == (ImportEnd.Is(records[offset].Value) ? Verdict.Counted : Verdict.Unreadable));
                continue;
            }
            var e = Decoded(records[offset].Value);
            Assert.Equal(seen.Exists(s => s.Id == e.Id && offset - s.Offset < 30), verdict == Verdict.Duplicate);
            seen.Add((offset, e.Id));
            if (verdict == Verdict.Counted)
                (offset < _changedAt ? before : accepted).Add(e);
            if (verdict == Verdict.Late)
                late.Add(offset);
            Assert.False(verdict == Verdict.Late && !_history && LatenessOf(offset < _changedAt ? _before! : Options, e.Project) > TimeSpan.FromHours(1));
        }
        List<TestRow> expected = [.. SessionOracle.Cut(before, p => GapOf(_before!, p)), .. SessionOracle.Cut(accepted, p => GapOf(Options, p))];
        Assert.Equal(Sorted(expected), Sorted(output.Net));
        var lateRecords = Log.Of(new TopicPartition(Topics.Late, 0)).ToList();
        Assert.Equal(late, lateRecords.Select(r => LateEvent.Decode(r.Value).InputOffset));
        foreach (var record in lateRecords)
            Assert.Equal(records[(int)LateEvent.Decode(record.Value).InputOffset].Value, LateEvent.Decode(record.Value).Event.ToArray());
        Assert.All(output.LiveSessions.Values, l => Assert.True(l.Deleted, "an open session is left on sessions.live"));
        foreach (var closed in output.ClosedImports)
        {
            var own = expected.Where(s => s.Project == closed.Project && s.Import == closed.Import).ToList();
            Assert.Equal((own.Sum(s => s.Events), own.Count), (closed.Events, closed.Sessions));
        }
    }

    private static long GapOf(SessionizerOptions options, string project) =>
        (long)(options.Projects.FirstOrDefault(p => p.Name == project)?.Gap ?? options.Gap).TotalMilliseconds;

    private static TimeSpan LatenessOf(SessionizerOptions options, string project) =>
        options.Projects.FirstOrDefault(p => p.Name == project)?.Lateness ?? options.Lateness;

    /// <summary>The commit records: no gap, no overlap, all of the input, and the position that goes with the last.</summary>
    private List<SessionizerCommit> CheckedCommits()
    {
        var commits = new List<SessionizerCommit>();
        var position = 0L;
        var carriesSnapshot = false;
        foreach (var record in Log.Of(new TopicPartition(Topics.SessionizerState, 0)))
        {
            if (SessionizerSnapshot.Is(record.Value))
            {
                carriesSnapshot = true;
                continue;
            }
            var commit = SessionizerCommit.Decode(record.Value);
            commits.Add(commit);
            Assert.Equal(position, commit.FromOffset);
            // The first of an owner with other settings tells of them.
            var tells = commit.Writer != commit.WriterBefore;
            Assert.True(commit.ToOffset > commit.FromOffset || commit.Flush || commit.IdleHorizon != SessionizerCommit.NoHorizon || !_history || tells || carriesSnapshot);
            position = commit.ToOffset;
            carriesSnapshot = false;
        }
        Assert.Equal(Log.Of(_input).Count, position);
        Assert.Equal(position, Log.PositionOf(_input));
        return commits;
    }

    private CollectedOutput Replayed()
    {
        var output = new CollectedOutput();
        foreach (var record in Log.Of(new TopicPartition(Topics.Sessions, 0)))
        {
            if (ImportClosed.Is(record.Value))
            {
                output.Closed(record.Key, record.Value);
                continue;
            }
            var row = TestRow.Decode(record.Value);
            output.Row(record.Key, record.Value, row.Sign < 0 ? SessionRowKind.Retraction : row.Version > 1 ? SessionRowKind.Correction : SessionRowKind.First);
        }
        foreach (var record in Log.Of(new TopicPartition(Topics.LiveSessions, 0)))
            output.Live(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(record.Key), record.Value);
        return output;
    }

    private void Write(int count)
    {
        var at = _time.Now;
        var sent = new List<TestEvent>();
        for (var i = 0; i < count; i++)
        {
            at += _random.Next(3) switch { 0 => 0, 1 => _random.Next(600), _ => _random.Next(4) == 0 ? _random.Next(9000) : _random.Next(50) };
            if (_random.Next(15) == 0)
            {
                Log.Script(at, _input, "x"u8.ToArray(), [1, 2, 3]);
                continue;
            }
            if (_history && _random.Next(15) == 0)
            {
                Log.Script(at, _input, "i1"u8.ToArray(), EndOf("i1"));
                continue;
            }
            var e = sent.Count > 0 && _random.Next(8) == 0 ? sent[_random.Next(sent.Count)] : NewEvent(at);
            sent.Add(e);
            Log.Script(at, _input, System.Text.Encoding.UTF8.GetBytes(e.Visitor), e.Encode());
        }
        if (_history)
            Log.Script(at + 1, _input, "i1"u8.ToArray(), EndOf("i1"));
    }

    private TestEvent NewEvent(long at) => new("v" + _random.Next(3), (at - (_random.Next(3) == 0 ? _random.Next(8000) : _random.Next(500))) / 50 * 50)
    {
        Id = _random.NextInt64(),
        Seq = _random.Next(3),
        Project = _random.Next(3) == 0 ? "q" : "p",
        Import = _history && _random.Next(2) == 0 ? "i1" : "",
        Kind = (EventKind)_random.Next(4),
        Page = "/" + _random.Next(3),
        User = _random.Next(3) == 0 ? "u" + _random.Next(2) : "",
    };

    private static byte[] EndOf(string import)
    {
        var end = new ImportEnd { Project = "p"u8, ImportId = System.Text.Encoding.UTF8.GetBytes(import), EndedAt = 9 };
        var buffer = new byte[end.MaxLength];
        return buffer[..end.Encode(buffer)];
    }

    private static TestEvent Decoded(byte[] message)
    {
        EventFields.Decode(message, out var e);
        return new TestEvent(Text(e.VisitorId), e.OccurredAt)
        {
            Id = e.EventId,
            Seq = e.Seq,
            Project = Text(e.Project),
            Import = Text(e.ImportId),
            Kind = e.Kind,
            Page = Text(e.Page),
            User = Text(e.UserId),
        };
    }

    private static IEnumerable<TestRow> Sorted(IEnumerable<TestRow> rows) =>
        rows.Select(r => r.Content()).OrderBy(r => r.Project).ThenBy(r => r.Import).ThenBy(r => r.Visitor).ThenBy(r => r.Start);

    private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);
}
