using System.Text.Json;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>The worked cases of the design, step by step through the partition's rules.</summary>
public sealed class SessionCaseTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var @case in Cases().EnumerateArray())
            names.Add(@case.GetProperty("name").GetString()!);
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_AsWritten_GivesTheRowsExpected(string name)
    {
        var run = new CaseRun(Case(name));
        run.Steps(commitAfterEach: false);
        run.CheckFinal();
        Assert.Equal(run.ExpectedRows(), run.RowsInOrder());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_WithACommitPointAfterEveryStep_NetsToTheSameSessions(string name)
    {
        var run = new CaseRun(Case(name));
        run.Steps(commitAfterEach: true);
        run.CheckFinal();
    }

    [Fact]
    public void Cases_AreAllThere() => Assert.Equal(30, Cases().GetArrayLength());

    private static JsonElement Cases()
    {
        using var stream = typeof(SessionCaseTests).Assembly.GetManifestResourceStream("session-cases.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }

    private static JsonElement Case(string name) => Cases().EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private sealed class CaseRun
    {
        private readonly JsonElement _case;
        private readonly LivePartition _rules;
        private readonly CollectedOutput _output = new();
        private readonly List<string> _late = [];
        private readonly List<(string Visitor, long Time)> _accepted = [];
        private readonly long _gap;
        private long _offset;

        public CaseRun(JsonElement @case)
        {
            _case = @case;
            _gap = @case.GetProperty("gap").GetInt64();
            var settings = new SessionSettings(
                _gap, @case.GetProperty("disorder").GetInt64(), @case.GetProperty("lateness").GetInt64(), long.MaxValue / 4, int.MaxValue);
            _rules = new LivePartition(settings, 1000);
        }

        public void Steps(bool commitAfterEach)
        {
            foreach (var step in _case.GetProperty("steps").EnumerateArray())
            {
                var what = step[0].GetString()!;
                if (what == "!")
                    _rules.Idle(step[1].GetInt64());
                else if (what == "commit")
                    Commit();
                else
                    Event(what, step[1].GetInt64());
                if (commitAfterEach)
                    Commit();
            }
            Commit();
        }

        public void CheckFinal()
        {
            var expect = _case.GetProperty("expect");
            Assert.Equal(expect.GetProperty("horizon").GetInt64(), _rules.Horizon);
            Assert.Equal(expect.GetProperty("late").EnumerateArray().Select(l => $"{l[0]} {l[1]}"), _late);
            var final = SessionOracle.Cut(_accepted.Select(a => new TestEvent(a.Visitor, a.Time)), _gap);
            Assert.Equal(
                expect.GetProperty("final").EnumerateArray().Select(s => $"{s[0]} {s[1]} {s[2]} {s[3]}"),
                final.Select(s => $"{s.Visitor} {s.Start} {s.End} {s.Events}"));
            Assert.Equal(
                expect.GetProperty("closed").EnumerateArray().Select(s => $"{s[0]} {s[1]} {s[2]} {s[3]}").Order(StringComparer.Ordinal),
                final.Where(s => s.End + _gap < _rules.Horizon).Select(s => $"{s.Visitor} {s.Start} {s.End} {s.Events}").Order(StringComparer.Ordinal));
            foreach (var closed in final.Where(s => s.End + _gap < _rules.Horizon))
                Assert.Contains(_output.Net, r => r.Visitor == closed.Visitor && r.Start == closed.Start && r.End == closed.End && r.Events == closed.Events);
        }

        public IEnumerable<string> ExpectedRows() =>
            _case.GetProperty("expect").GetProperty("rows").EnumerateArray().Select(r => $"{r[0]} {r[1]} {r[2]} {r[3]} {r[4]} {r[5]}");

        public IEnumerable<string> RowsInOrder() =>
            _output.Rows.Select(r => $"{(r.Sign > 0 ? "+" : "-")} {r.Visitor} {r.Start} {r.End} {r.Events} {r.Version}");

        private void Event(string visitor, long time)
        {
            var verdict = _rules.Take(_offset, new TestEvent(visitor, time) { Id = _offset + 1 }.Encode());
            _offset++;
            if (verdict == Verdict.Late)
                _late.Add($"{visitor} {time}");
            else
                _accepted.Add((visitor, time));
            Assert.True(verdict is Verdict.Late or Verdict.Counted);
        }

        private void Commit() => Assert.True(_rules.CommitPoint(flush: false, _offset, _output));
    }
}
