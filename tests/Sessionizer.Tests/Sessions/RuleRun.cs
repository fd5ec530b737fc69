using Tidemark.Contracts.Imports;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>
/// One random run through a partition's rules beside a naive model: projects with other settings, which change, disorder, late events, bridges, duplicates, idle steps,
/// flushes, ends and undos of imports, commit points that are divided, restarts by replay, from the start or from a saved state. Everything follows from the seed.
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
    private readonly RuleModel _model;
    private readonly RandomTraffic _traffic;
    private readonly bool _upgraded;
    private PartitionRules _rules;

    // A state as it was after so many steps of the log.
    private (byte[] State, int Steps)? _saved;

    // Rows of the version before until a restart brings this one.
    private int _version = PartitionRules.Version;
    private long _offset;

    public RuleRun(int seed)
    {
        _random = new Random(seed);
        _history = _random.Next(3) == 0;
        _settings = new RandomSettings(_random);
        _model = new RuleModel(_settings, _history, Window);
        _traffic = new RandomTraffic(_random, _history, GenerationOf);
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
        AssertSame(Contents(_model.Sessions), Contents(_output.Net));
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
            case 3 when _traffic.AnySent:
                Send(_traffic.Again());
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
                Send(_traffic.Next());
                break;
        }
    }

    private void Send(TestEvent e)
    {
        var offset = _offset++;
        var expected = _model.Take(offset, e, (project, other) => SetOf(project) == SetOf(other));
        var message = e.Seq == 0 && _random.Next(2) == 0 ? e.EncodeWithoutSeq() : e.Encode();
        _rules.Ahead(offset + 5, _traffic.Next().Encode());
        Assert.Equal(expected, _rules.Take(offset, message));
        _log.Add(rules => Assert.Equal(expected, rules.Take(offset, message, expected == Verdict.LateImportEnded ? Verdict.Late : expected)));
        _traffic.NoteSent(e);
    }

    private void Unreadable()
    {
        var offset = _offset++;
        var message = _traffic.NextUnreadable();
        _rules.Ahead(offset, message);
        Assert.Equal(Verdict.Unreadable, _rules.Take(offset, message));
        _log.Add(rules => rules.Take(offset, message, Verdict.Unreadable));
    }

    /// <summary>A step for a project with settings of its own, or else for all that never had any.</summary>
    private void Idle(string project, long by)
    {
        if (_model.StreamOf(project).Horizon is not { } from)
            return;
        var live = (LivePartition)_rules;
        var set = SetOf(project);
        foreach (var moved in RandomSettings.Projects.Where(p => SetOf(p) == set))
            _model.StreamOf(moved).Advance(from + by);
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
        var import = GenerationOf(project, _random.Next(2) == 0 ? "i1" : "i2");
        var expected = _model.EndImport(project, import);
        var offset = _offset++;
        var end = new ImportEnd { Project = Utf8(project), ImportId = Utf8(import), EndedAt = 7 };
        var message = new byte[end.MaxLength];
        message = message[..end.Encode(message)];
        Do(rules => Assert.Equal(expected, rules.Take(offset, message)));
    }

    /// <summary>Takes the present generation of an import back; sometimes, as a repetition, the one before it.</summary>
    private void UndoImport()
    {
        var project = RandomSettings.Projects[_random.Next(3)];
        var import = GenerationOf(project, _random.Next(2) == 0 ? "i1" : "i2");
        var expected = _model.UndoImport(project, import);
        var offset = _offset++;
        var undo = new ImportUndo { Project = Utf8(project), ImportId = Utf8(import), UndoneAt = 7 };
        var message = new byte[undo.MaxLength];
        message = message[..undo.Encode(message)];
        Do(rules => Assert.Equal(expected, rules.Take(offset, message)));
    }

    /// <summary>Mostly the present generation of an import, sometimes one that was taken back.</summary>
    private string GenerationOf(string project, string name)
    {
        var generation = _model.GenerationOf(project, name);
        if (generation > 0 && _random.Next(4) == 0)
            generation--;
        return generation == 0 ? name : $"{name}~{generation}";
    }

    private void Harvest()
    {
        ((LivePartition)_rules).HarvestLive(_offset, int.MaxValue, _output);
        var sessions = _model.Sessions;
        // Sessions that have closed since the last commit point are still published until the next one; what is open must be there, as it is.
        foreach (var open in sessions.Where(s => !_model.IsClosed(s)))
        {
            if (_output.LiveSessions.TryGetValue(open.SessionId, out var live) && !live.Deleted)
                Assert.Equal(open.End, live.End);
            else
                Assert.Contains(_output.Net, r => r.SessionId == open.SessionId && r.End == open.End);
        }
        var alive = sessions.Select(s => s.SessionId).ToHashSet();
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
        if (_random.Next(3) == 0)
            Save();
    }

    private void Save()
    {
        var state = new StateWriter();
        _rules.Save(state);
        _saved = (state.Written.ToArray(), _log.Count);
    }

    /// <summary>Throws the state away and repeats the log without output, as after a crash; sometimes from the saved state on.</summary>
    private void Restart()
    {
        if (_random.Next(2) == 0)
            _version = PartitionRules.Version;
        _rules = NewRules();
        var done = 0;
        if (_saved is { } saved && _random.Next(4) > 0)
        {
            _rules.Load(new StateReader(saved.State));
            done = saved.Steps;
        }
        foreach (var step in _log.Skip(done))
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

    private static List<TestRow> Contents(IEnumerable<TestRow> rows) =>
        [.. rows.Select(r => r.Content()).OrderBy(r => r.Project).ThenBy(r => r.Import).ThenBy(r => r.Visitor, StringComparer.Ordinal).ThenBy(r => r.Start)];

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
