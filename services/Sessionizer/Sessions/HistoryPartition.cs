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
    private readonly List<HistoryStream> _active = [];
    private readonly List<HistoryStream> _answers = [];
    private SettingsByProject _settings = settings;
    private HistoryStream? _last;
    private bool _flushing;

    public override long Horizon => _last?.Set is { } set ? set.General.Horizon(set.Clock) : SessionizerCommit.NoHorizon;

    public override int Kept => _active.Sum(stream => stream.Set!.Kept);

    public override int Open => _active.Sum(stream => stream.Set!.Open);

    public override bool HasClosed => _flushing || _answers.Count > 0 || _active.Exists(stream => stream.Set!.HasClosed);

    public override void Use(SettingsByProject settings)
    {
        if (_settings.Equals(settings))
            return;
        _settings = settings;
        foreach (var stream in _active)
            stream.Set!.Use(settings.Of(stream.Project));
    }

    public override bool CommitPoint(bool flush, long revision, ISessionOutput? output)
    {
        _flushing |= flush;
        var rows = RowsPerCommit;
        var done = true;
        foreach (var stream in _active)
        {
            done = stream.Set!.CommitPoint(Why(stream), ref rows, revision, output);
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

    protected override Verdict End(in ImportEnd marker)
    {
        if (marker.ImportId.IsEmpty)
            return Verdict.Unreadable;
        var stream = StreamOf(marker.Project, marker.ImportId);
        if (stream.End(marker.EndedAt))
            _answers.Add(stream);
        return Verdict.Marker;
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
        if (_last is not null && _last.Is(project, importId))
            return _last;
        Span<byte> key = stackalloc byte[256];
        if (project.Length + importId.Length + 1 > key.Length)
            key = new byte[project.Length + importId.Length + 1];
        importId.CopyTo(key);
        key[importId.Length] = 0;
        project.CopyTo(key[(importId.Length + 1)..]);
        key = key[..(project.Length + importId.Length + 1)];
        var lookup = _streams.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(key, out var stream))
        {
            stream = new HistoryStream(project.ToArray(), importId.ToArray(), new SessionSet(_settings.Of(project), history: true, importId, seed));
            lookup[key] = stream;
            _active.Add(stream);
        }
        return _last = stream;
    }
}
