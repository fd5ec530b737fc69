using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// A partition of the history lane: every import is a stream with a horizon of its own, so imports in any order never make each other late.
/// </summary>
internal sealed class HistoryPartition(int partition, SettingsByProject settings, int duplicateWindow, long seed = 0) : PartitionRules(duplicateWindow)
{
    private readonly Dictionary<byte[], HistoryStream> _streams = new(new BytesComparer());
    private readonly Dictionary<byte[], HistoryStream.ImportName> _names = new(new BytesComparer());
    private readonly List<HistoryStream> _active = [];
    private readonly List<HistoryStream> _answers = [];
    private readonly List<(byte[] ImportId, byte[] Message)> _undone = [];
    private SettingsByProject _settings = settings;
    private HistoryStream? _last;
    private bool _flushing;

    public override long Horizon => _last?.Set is { } set ? set.HorizonOf(set.General) : SessionizerCommit.NoHorizon;

    public override int Kept => _active.Sum(stream => stream.Set!.Kept);

    public override int Open => _active.Sum(stream => stream.Set!.Open);

    public override bool HasClosed => _flushing || _answers.Count > 0 || _active.Exists(stream => stream.Set!.HasClosed);

    public override SettingsByProject Settings => _settings;

    public override void Use(SettingsByProject settings)
    {
        if (_settings.Equals(settings))
            return;
        _settings = settings;
        foreach (var stream in _active)
            stream.Set!.Use(settings.Of(stream.Project));
    }

    public override bool CommitPoint(bool flush, long revision, ISessionOutput? output, int version = Version)
    {
        _flushing |= flush;
        // Before the rows of the next generation, whose events may stand in the same interval.
        foreach (var (importId, message) in _undone)
            output?.Undone(importId, message);
        _undone.Clear();
        var rows = RowsPerCommit;
        var done = true;
        foreach (var stream in _active)
        {
            done = stream.Set!.CommitPoint(Why(stream), ref rows, revision, output, version);
            if (!done)
                break;
            if (stream.Ended)
                stream.Drop();
        }
        _active.RemoveAll(stream => stream.Set is null);
        if (!done)
            return false;
        foreach (var stream in _answers)
            stream.Answer(partition, output);
        _answers.Clear();
        _flushing = false;
        return true;
    }

    protected override SessionSet? SetAhead => _last?.Set;

    protected override Verdict Judge(in EventFields e, bool duplicate, Verdict? recorded)
    {
        var stream = StreamOf(e.Project, e.ImportId);
        var verdict = recorded ?? Judge(stream, e, duplicate);
        if (verdict == Verdict.Late && stream.Ended)
            verdict = Verdict.LateImportEnded;
        if (stream.Ended)
            return verdict;
        if (verdict == Verdict.Counted)
        {
            stream.Events++;
            stream.Set!.Apply(e, stream.Set.General);
        }
        else if (verdict == Verdict.Duplicate)
        {
            stream.Duplicates++;
        }
        else
        {
            stream.Late++;
        }
        return verdict;
    }

    protected override int StreamOf(in EventFields e)
    {
        var stream = StreamOf(e.Project, e.ImportId);
        return stream.IsCurrent ? stream.Number : -1;
    }

    protected override Verdict End(in ImportEnd marker)
    {
        if (marker.ImportId.IsEmpty)
            return Verdict.Unreadable;
        var stream = StreamOf(marker.Project, marker.ImportId);
        if (!stream.IsCurrent)
            return Verdict.Duplicate;
        if (stream.End(marker.EndedAt))
            _answers.Add(stream);
        return Verdict.Marker;
    }

    protected override Verdict Undo(in ImportUndo marker)
    {
        if (marker.ImportId.IsEmpty)
            return Verdict.Unreadable;
        var stream = StreamOf(marker.Project, marker.ImportId);
        if (!stream.IsCurrent)
            return Verdict.Duplicate;
        stream.Undo();
        _active.Remove(stream);
        _answers.Remove(stream);
        Forget(stream.Number);
        var message = new byte[marker.MaxLength];
        _undone.Add((stream.ImportId, message[..marker.Encode(message)]));
        return Verdict.Undo;
    }

    private static Verdict Judge(HistoryStream stream, in EventFields e, bool duplicate)
    {
        if (duplicate)
            return Verdict.Duplicate;
        if (stream.Ended)
            return Verdict.LateImportEnded;
        return stream.Set!.IsLate(e.OccurredAt, stream.Set.General) ? Verdict.Late : Verdict.Counted;
    }

    private CloseReason? Why(HistoryStream stream) =>
        stream.Ended ? CloseReason.ImportEnd : _flushing ? CloseReason.Pause : null;

    private HistoryStream StreamOf(ReadOnlySpan<byte> project, ReadOnlySpan<byte> importId)
    {
        if (_last is null || !_last.Is(project, importId))
            _last = Find(project, importId);
        if (_last is { Set: null, Ended: false, IsCurrent: true })
            OpenSet(_last);
        return _last;
    }

    private HistoryStream Find(ReadOnlySpan<byte> project, ReadOnlySpan<byte> importId)
    {
        Span<byte> buffer = stackalloc byte[256];
        var key = Key(project, importId, buffer);
        var streams = _streams.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (streams.TryGetValue(key, out var stream))
            return stream;
        stream = new HistoryStream(_streams.Count + 1, NameOf(project, importId), project.ToArray(), importId.ToArray());
        streams[key] = stream;
        return stream;
    }

    private HistoryStream.ImportName NameOf(ReadOnlySpan<byte> project, ReadOnlySpan<byte> importId)
    {
        Span<byte> buffer = stackalloc byte[256];
        var key = Key(project, ImportGeneration.NameOf(importId), buffer);
        var names = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!names.TryGetValue(key, out var name))
            names[key] = name = new HistoryStream.ImportName(Math.Max(0, ImportGeneration.Of(importId)));
        return name;
    }

    private static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> project, ReadOnlySpan<byte> import, Span<byte> buffer)
    {
        var key = project.Length + import.Length + 1 > buffer.Length ? new byte[project.Length + import.Length + 1] : buffer;
        import.CopyTo(key);
        key[import.Length] = 0;
        project.CopyTo(key[(import.Length + 1)..]);
        return key[..(project.Length + import.Length + 1)];
    }

    protected override void SaveSessions(StateWriter state)
    {
        _settings.Save(state);
        state.Long(_streams.Count);
        foreach (var stream in _streams.Values.OrderBy(static stream => stream.Number))
            stream.Save(state);
        // In this order, which is that of their rows.
        state.Long(_active.Count);
        foreach (var stream in _active)
        {
            state.Long(stream.Number);
            stream.Set!.Save(state);
        }
    }

    protected override void LoadSessions(StateReader state)
    {
        _settings = SettingsByProject.Load(state);
        var streams = new HistoryStream[state.Count()];
        for (var i = 0; i < streams.Length; i++)
        {
            streams[i] = Find(state.Bytes(), state.Bytes());
            if (streams[i].Number != i + 1)
                throw StateReader.Broken();
            streams[i].Load(state);
        }
        for (var active = state.Count(); active > 0; active--)
        {
            var number = state.Int();
            if (number < 1 || number > streams.Length || streams[number - 1].Set is not null)
                throw StateReader.Broken();
            OpenSet(streams[number - 1]);
            streams[number - 1].Set!.Load(state);
        }
    }

    private void OpenSet(HistoryStream stream)
    {
        stream.Open(new SessionSet(_settings.Of(stream.Project), history: true, stream.ImportId, seed));
        _active.Add(stream);
    }
}
