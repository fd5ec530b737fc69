namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>What must hold at every commit point.</summary>
internal sealed partial class RuleRun
{
    private void CheckNet(bool flush)
    {
        var net = _output.Net.ToLookup(r => (r.Project, r.Import, r.Visitor));
        var left = _output.Net.Count();
        foreach (var session in _model.Sessions)
        {
            var rows = net[(session.Project, session.Import, session.Visitor)].Where(r => r.Start >= session.Start && r.Start <= session.End).ToList();
            left -= rows.Count;
            if (flush || _model.StreamOf(session.Project, session.Import).HasEnded || _model.IsClosed(session))
                AssertSame(session, Assert.Single(rows));
            else
                Assert.All(rows, r => Assert.True(r.End <= session.End));
        }
        Assert.Equal(0, left);
    }

    private void AssertSame(List<TestRow> expected, List<TestRow> rows)
    {
        Assert.Equal(expected.Count, rows.Count);
        for (var i = 0; i < rows.Count; i++)
            AssertSame(expected[i], rows[i]);
    }

    /// <summary>What went out before an upgrade has no agent, and keeps that until it is corrected.</summary>
    private void AssertSame(TestRow expected, TestRow row) =>
        Assert.Equal((_upgraded && row == row.WithoutAgent() ? expected.WithoutAgent() : expected).Content(), row.Content());

    private void CheckOrder(List<TestRow> rows)
    {
        var retracted = new List<TestRow>();
        var last = new Dictionary<string, TestRow>();
        foreach (var row in rows)
        {
            Assert.Equal(_history, row.History);
            if (row.Sign < 0)
            {
                retracted.Add(row);
                continue;
            }
            Assert.All(retracted, r => Assert.True(r.Visitor == row.Visitor && r.Project == row.Project && r.Start >= row.Start && r.End <= row.End));
            Assert.Equal(retracted.Select(r => r.Start).Order(), retracted.Select(r => r.Start));
            Assert.Equal(1 + retracted.Select(r => r.Version).DefaultIfEmpty(0).Max(), row.Version);
            Assert.Equal(string.Join(',', retracted.Select(r => r.SessionId).Where(id => id != row.SessionId)), row.Absorbed);
            retracted.Clear();
            var lane = _history ? row.Project + "/" + row.Import : "";
            if (last.TryGetValue(lane, out var before))
            {
                var order = before.End.CompareTo(row.End);
                if (order == 0)
                    order = string.CompareOrdinal(before.Visitor, row.Visitor);
                Assert.True(order < 0 || (order == 0 && before.Start <= row.Start), "rows out of order");
            }
            last[lane] = row;
        }
        Assert.Empty(retracted);
    }

    private void CheckImports()
    {
        Assert.Equal(_model.EndedImports, _output.ClosedImports.Select(c => (c.Project, c.Import)).Distinct().Count());
        foreach (var closed in _output.ClosedImports)
        {
            var stream = _model.StreamOf(closed.Project, closed.Import);
            var sessions = _model.SessionsOf(closed.Project, closed.Import).Count;
            Assert.Equal((stream.Events, stream.Duplicates, stream.Late, sessions), (closed.Events, closed.Duplicates, closed.Late, closed.Sessions));
        }
    }
}
