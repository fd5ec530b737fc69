using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>
/// One random run through a partition's rules beside a naive model: projects with other settings, which change, disorder, late events, bridges, duplicates, idle steps,
/// flushes, ends and undos of imports, commit points that are divided, restarts by replay. Everything follows from the seed.
/// </summary>
internal sealed partial class RuleRun
{
    private const int Window = 40;
    private readonly Random _random;
    private readonly bool _history;
    private readonly RandomSettings _settings;
    private readonly int _rowsPerCommit;
    private readonly CollectedOutput _output = new();
    private readonly List<Action<PartitionRules>> _log = [];
    private readonly List<TestEvent> _accepted = [];
    private readonly List<(long Offset, TestEvent Event)> _sent = [];
    private readonly List<(long Offset, long Id, (string, string) Stream)> _seen = [];
    private readonly Dictionary<(string Project, string Import), Stream> _streams = [];
    private readonly Dictionary<(string Project, string Import), int> _generations = [];
    private readonly bool _upgraded;
    private PartitionRules _rules;

    // Rows of the version before until a restart brings this one.
    private int _version = PartitionRules.Version;
    private long _offset;
    private long _clock = 1000;

    public RuleRun(int seed)
    {
        _random = new Random(seed);
        _history = _random.Next(3) == 0;
        _settings = new RandomSettings(_random);
        _rowsPerCommit = _random.Next(4) == 0 ? _random.Next(1, 4) : PartitionRules.MaxRows;
        _rules = NewRules();
        _upgraded = _random.Next(4) == 0;
        if (_upgraded)
            _version = PartitionRules.AgentVersion - 1;
    }

    public void Go()
    {
        var steps = _random.Next(5, 70);
        for (var i = 0; i < steps; i++)
            Step();
        if (!_history)
            IdleAll(1_000_000);
        Commit(flush: _history);
        AssertSame(Contents(SessionOracle.Cut(_accepted, _settings.GapOf)), Contents(_output.Net));
        Assert.Equal(0, _rules.Open);
        if (_rules is LivePartition live)
        {
            live.HarvestLive(_offset, int.MaxValue, _output);
            Assert.All(_output.LiveSessions.Values, l => Assert.True(l.Deleted));
        }
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case 0:
            case 1:
                Commit(flush: _history && _random.Next(4) == 0);
                break;
            case 2 when !_history:
                Idle(RandomSettings.Projects[_random.Next(3)], _random.Next(0, 40));
                break;
            case 2:
                EndImport();
                break;
            case 8 when _history && _random.Next(2) == 0:
                UndoImport();
                break;
            case 3 when _sent.Count > 0:
                Again();
                break;
            case 4 when !_history:
                Harvest();
                break;
            case 5 when _random.Next(3) == 0:
                Commit(flush: false);
                Restart();
                break;
            case 6:
                Unreadable();
                break;
            case 7 when _settings.Change && _random.Next(3) == 0:
                var settings = _settings.Switch();
                Do(rules => rules.Use(settings));
                break;
            default:
                Send(NewEvent());
                break;
        }
    }

    private TestEvent NewEvent()
    {
        _clock += _random.Next(4) == 0 ? _random.Next(0, 30) : _random.Next(0, 4);
        var back = _random.Next(3) switch { 0 => 0, 1 => _random.Next(0, 25), _ => _random.Next(0, 3) * _random.Next(0, 80) };
        string[] visitors = ["a", "aa", "a\0", "b", ""];
        var visitor = visitors[_random.Next(4)];
        var project = _random.Next(2) == 0 ? "p" : RandomSettings.Projects[_random.Next(3)];
        return new TestEvent(visitor, _clock - back)
        {
            Id = _random.NextInt64(long.MinValue, long.MaxValue),
            Seq = _random.Next(4) == 0 ? _random.Next() : _random.Next(3),
            Project = project,
            Import = _history && _random.Next(4) is < 2 and var import ? GenerationOf(project, "i" + (1 + import)) : "",
            Kind = (EventKind)_random.Next(4),
            Page = "/" + _random.Next(4),
            User = _random.Next(3) == 0 ? "u" + _random.Next(3) : "",
            Referrer = _random.Next(4) == 0 ? new string('r', _random.Next(20) == 0 ? _random.Next(3000) : 1) + _random.Next(9) : "",
            Campaign = _random.Next(4) == 0 ? "c" + _random.Next(9) : "",
            Device = _random.Next(4) == 0 ? "d" + _random.Next(9) : "",
            Browser = _random.Next(4) == 0 ? "b" + _random.Next(9) : "",
            Os = _random.Next(4) == 0 ? "o" + _random.Next(9) : "",
            AppVersion = _random.Next(4) == 0 ? "v" + _random.Next(9) : "",
        };
    }

    /// <summary>A copy of an earlier event, sometimes with another time or place: the first one counts.</summary>
    private void Again()
    {
        var (_, e) = _sent[^(1 + _random.Next(Math.Min(_sent.Count, 60)))];
        Send(_random.Next(2) == 0 ? e : e with { Time = e.Time + _random.Next(0, 30), Seq = _random.Next(3) });
    }

    private void Send(TestEvent e)
    {
        var expected = Judge(e);
        var offset = _offset++;
        var message = e.Seq == 0 && _random.Next(2) == 0 ? e.EncodeWithoutSeq() : e.Encode();
        _rules.Ahead(offset + 5, NewEvent().Encode());
        Assert.Equal(expected, _rules.Take(offset, message));
        _log.Add(rules => Assert.Equal(expected, rules.Take(offset, message, expected == Verdict.LateImportEnded ? Verdict.Late : expected)));
        _sent.Add((offset, e));
        if (expected == Verdict.Counted)
            _accepted.Add(e);
    }

    private Verdict Judge(TestEvent e)
    {
        var stream = StreamOf((e.Project, e.Import));
        if (!IsCurrent(e.Project, e.Import))
            return Verdict.LateImportEnded;
        var before = _seen.FindLastIndex(s => s.Id == e.Id && _offset - s.Offset < Window);
        var duplicate = before >= 0;
        // Whose it was stays: who saw it first.
        _seen.Add((_offset, e.Id, duplicate ? _seen[before].Stream : (e.Project, e.Import)));
        var settings = _settings.Of(e.Project);
        if (duplicate)
        {
            stream.Duplicates += stream.Ended ? 0 : 1;
            return Verdict.Duplicate;
        }
        if (stream.Ended)
            return Verdict.LateImportEnded;
        var unlimited = _history && e.Import.Length == 0;
        if (!unlimited && stream.Horizon is { } horizon && e.Time < horizon - settings.LatenessMs)
        {
            stream.Late++;
            // It tells the time to the projects that it is not late for.
            foreach (var project in RandomSettings.Projects.Where(p => !_history && SetOf(p) != SetOf(e.Project)))
                Advance(StreamOf((project, "")), e.Time - _settings.Of(project).DisorderMs);
            return Verdict.Late;
        }
        stream.Events++;
        // Live: one clock for all projects of the partition.
        foreach (var project in _history ? [e.Project] : RandomSettings.Projects)
            Advance(StreamOf((project, e.Import)), e.Time - _settings.Of(project).DisorderMs);
        return Verdict.Counted;
    }

    private static void Advance(Stream stream, long horizon) => stream.Horizon = Math.Max(stream.Horizon ?? long.MinValue, horizon);

    private void Unreadable()
    {
        var offset = _offset++;
        var message = new TestEvent("a", 5).Encode();
        message = _random.Next(3) switch { 0 => message[.._random.Next(1, 16)], 1 => [], _ => [0xC3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
        _rules.Ahead(offset, message);
        Assert.Equal(Verdict.Unreadable, _rules.Take(offset, message));
        _log.Add(rules => rules.Take(offset, message, Verdict.Unreadable));
    }

    /// <summary>A step for a project with settings of its own, or else for all that never had any.</summary>
    private void Idle(string project, long by)
    {
        if (StreamOf((project, "")).Horizon is not { } from)
            return;
        var live = (LivePartition)_rules;
        var set = SetOf(project);
        foreach (var moved in RandomSettings.Projects.Where(p => SetOf(p) == set))
            Advance(StreamOf((moved, "")), from + by);
        Assert.True(live.HorizonOf(set) <= from + by);
        var name = Utf8(set.Name);
        Do(rules => Step((LivePartition)rules, name, from + by));
    }

    private RuleSet SetOf(string project)
    {
        var sets = ((LivePartition)_rules).RuleSets;
        return sets.FirstOrDefault(r => r.Name == project) ?? sets[0];
    }

    private static void Step(LivePartition rules, byte[] project, long horizon)
    {
        if (project.Length == 0)
            rules.Idle(horizon);
        else
            rules.Idle(project, horizon);
    }

    private void IdleAll(long horizon)
    {
        foreach (var project in RandomSettings.Projects)
            Idle(project, horizon);
    }

    private void EndImport()
    {
        var project = RandomSettings.Projects[_random.Next(3)];
        var key = (project, GenerationOf(project, _random.Next(2) == 0 ? "i1" : "i2"));
        var expected = IsCurrent(key.Item1, key.Item2) ? Verdict.Marker : Verdict.Duplicate;
        if (expected == Verdict.Marker)
        {
            StreamOf(key).Ended = true;
            StreamOf(key).Ends++;
        }
        var offset = _offset++;
        var end = new ImportEnd { Project = Utf8(key.Item1), ImportId = Utf8(key.Item2), EndedAt = 7 };
        var message = new byte[end.MaxLength];
        message = message[..end.Encode(message)];
        Do(rules => Assert.Equal(expected, rules.Take(offset, message)));
    }

    /// <summary>Takes the present generation of an import back; sometimes, as a repetition, the one before it.</summary>
    private void UndoImport()
    {
        var project = RandomSettings.Projects[_random.Next(3)];
        var name = _random.Next(2) == 0 ? "i1" : "i2";
        var key = (project, GenerationOf(project, name));
        var expected = IsCurrent(key.Item1, key.Item2) ? Verdict.Undo : Verdict.Duplicate;
        if (expected == Verdict.Undo)
        {
            _generations[(project, name)] = _generations.GetValueOrDefault((project, name)) + 1;
            _accepted.RemoveAll(e => (e.Project, e.Import) == key);
            _seen.RemoveAll(s => s.Stream == key);
            _streams.Remove(key);
        }
        var offset = _offset++;
        var undo = new ImportUndo { Project = Utf8(project), ImportId = Utf8(key.Item2), UndoneAt = 7 };
        var message = new byte[undo.MaxLength];
        message = message[..undo.Encode(message)];
        Do(rules => Assert.Equal(expected, rules.Take(offset, message)));
    }

    /// <summary>Mostly the present generation of an import, sometimes one that was taken back.</summary>
    private string GenerationOf(string project, string name)
    {
        var generation = _generations.GetValueOrDefault((project, name));
        if (generation > 0 && _random.Next(4) == 0)
            generation--;
        return generation == 0 ? name : $"{name}~{generation}";
    }

    private bool IsCurrent(string project, string import)
    {
        var parts = import.Split('~');
        return import.Length == 0 || _generations.GetValueOrDefault((project, parts[0])) == (parts.Length == 1 ? 0 : int.Parse(parts[1]));
    }

    private void Harvest()
    {
        ((LivePartition)_rules).HarvestLive(_offset, int.MaxValue, _output);
        var open = SessionOracle.Cut(_accepted, _settings.GapOf).Where(s => s.End + _settings.GapOf(s.Project) >= StreamOf((s.Project, "")).Horizon).Select(s => (s.SessionId, s.End));
        // Sessions that have closed since the last commit point are still told of until the next one; what is open must be there, as it is.
        foreach (var (id, end) in open)
        {
            if (_output.LiveSessions.TryGetValue(id, out var told) && !told.Deleted)
                Assert.Equal(end, told.End);
            else
                Assert.Contains(_output.Net, r => r.SessionId == id && r.End == end);
        }
        var alive = SessionOracle.Cut(_accepted, _settings.GapOf).Select(s => s.SessionId).ToHashSet();
        Assert.All(_output.LiveSessions.Where(l => !l.Value.Deleted), l => Assert.Contains(l.Key, alive));
    }

    private void Commit(bool flush)
    {
        var revision = _offset;
        var parts = 0;
        _output.TakeNew();
        while (true)
        {
            var version = _version;
            var done = _rules.CommitPoint(flush, revision, _output, version);
            _log.Add(rules => rules.CommitPoint(flush, revision, null, version));
            Assert.True(parts++ < 1000);
            if (done)
                break;
            if (_random.Next(8) == 0)
            {
                // Killed between two parts: the new one says itself that there is more.
                Restart();
                Assert.True(_rules.HasClosed);
            }
        }
        Assert.False(_rules.HasClosed);
        CheckOrder(_output.TakeNew());
        CheckNet(flush);
        CheckImports();
    }

    /// <summary>Throws the state away and repeats the log without output, as after a crash.</summary>
    private void Restart()
    {
        if (_random.Next(2) == 0)
            _version = PartitionRules.Version;
        _rules = NewRules();
        foreach (var step in _log)
            step(_rules);
        (_rules as LivePartition)?.AssumeLive();
    }

    private void Do(Action<PartitionRules> step)
    {
        step(_rules);
        _log.Add(step);
    }

    private PartitionRules NewRules() => _history
        ? new HistoryPartition(0, _settings.First, Window, _random.Next()) { RowsPerCommit = _rowsPerCommit }
        : new LivePartition(_settings.First, Window, _random.Next()) { RowsPerCommit = _rowsPerCommit };

    private Stream StreamOf((string, string) key) => _streams.TryGetValue(key, out var stream) ? stream : _streams[key] = new Stream();

    private static List<TestRow> Contents(IEnumerable<TestRow> rows) =>
        [.. rows.Select(r => r.Content()).OrderBy(r => r.Project).ThenBy(r => r.Import).ThenBy(r => r.Visitor, StringComparer.Ordinal).ThenBy(r => r.Start)];

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private sealed class Stream
    {
        public long? Horizon { get; set; }

        public bool Ended { get; set; }

        public int Ends { get; set; }

        public long Events { get; set; }

        public long Duplicates { get; set; }

        public long Late { get; set; }
    }
}
