using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>Keeps what the rules put out and checks on the way that every retraction takes back a row that is out, byte for byte but for the sign.</summary>
internal sealed class CollectedOutput : ISessionOutput
{
    private readonly Dictionary<TestRow, int> _net = [];

    public List<TestRow> Rows { get; } = [];

    /// <summary>Rows since the last call of <see cref="TakeNew"/>.</summary>
    private readonly List<TestRow> _new = [];

    /// <summary>Rows that are out and not taken back.</summary>
    public IEnumerable<TestRow> Net => _net.Keys;

    public Dictionary<long, (long Revision, bool Deleted, long End)> LiveSessions { get; } = [];

    public List<(string Project, string Import, long Events, long Duplicates, long Late, long Sessions)> ClosedImports { get; } = [];

    /// <summary>Imports that were taken back: no row of theirs may follow.</summary>
    public HashSet<(string Project, string Import)> UndoneImports { get; } = [];

    public List<TestRow> TakeNew()
    {
        var rows = _new.ToList();
        _new.Clear();
        return rows;
    }

    public void Row(ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> message, SessionRowKind kind)
    {
        var row = TestRow.Decode(message);
        Assert.Equal(row.Visitor, System.Text.Encoding.UTF8.GetString(visitorId));
        Assert.DoesNotContain((row.Project, row.Import), UndoneImports);
        Rows.Add(row);
        _new.Add(row);
        if (row.Sign > 0)
        {
            Assert.True(_net.TryAdd(row, 1), $"emitted twice: {row}");
            Assert.Equal(row.Version > 1, kind == SessionRowKind.Correction);
        }
        else
        {
            Assert.Equal(SessionRowKind.Retraction, kind);
            Assert.True(_net.Remove(row with { Sign = 1 }), $"retracts what is not out: {row}");
        }
    }

    public void Live(long sessionId, ReadOnlySpan<byte> message)
    {
        var live = LiveSession.Decode(message);
        Assert.Equal(sessionId, live.SessionId);
        if (LiveSessions.TryGetValue(sessionId, out var known))
            Assert.True(known.Revision < live.Revision || (known.Revision == live.Revision && !live.Deleted), "an upsert that does not win over the one before");
        LiveSessions[sessionId] = (live.Revision, live.Deleted, live.LastEventAt);
    }

    public void Closed(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
    {
        var closed = ImportClosed.Decode(message);
        ClosedImports.Add((System.Text.Encoding.UTF8.GetString(closed.Project), System.Text.Encoding.UTF8.GetString(closed.ImportId),
            closed.Events, closed.Duplicates, closed.Late, closed.Sessions));
    }

    /// <summary>What the loader does then: the rows that are out are gone.</summary>
    public void Undone(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
    {
        var undo = ImportUndo.Decode(message);
        var key = (System.Text.Encoding.UTF8.GetString(undo.Project), System.Text.Encoding.UTF8.GetString(undo.ImportId));
        Assert.True(UndoneImports.Add(key), $"undone twice: {key}");
        foreach (var row in _net.Keys.Where(row => (row.Project, row.Import) == key).ToList())
            _net.Remove(row);
        ClosedImports.RemoveAll(closed => (closed.Project, closed.Import) == key);
    }
}
