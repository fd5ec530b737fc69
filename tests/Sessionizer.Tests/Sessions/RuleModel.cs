using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>
/// What must become of each event of a random run, in a few lines: ids seen within the window, a horizon for each project or import, imports that end and are taken back. The sessions are
/// <see cref="SessionOracle"/>'s, over what was accepted.
/// </summary>
/// <param name="settings">Of the run.</param>
/// <param name="history">Lane.</param>
/// <param name="window">Offsets within which an equal id makes a duplicate.</param>
internal sealed class RuleModel(RandomSettings settings, bool history, int window)
{
    private readonly List<TestEvent> _accepted = [];
    private readonly List<(long Offset, long Id, (string, string) Stream)> _seen = [];
    private readonly Dictionary<(string Project, string Import), ModelStream> _streams = [];
    private readonly Dictionary<(string Project, string Import), int> _generations = [];

    /// <summary>Sessions of everything that was accepted and not taken back.</summary>
    public List<TestRow> Sessions => SessionOracle.Cut(_accepted, settings.GapOf);

    public int EndedImports => _streams.Values.Count(s => s.HasEnded);

    public List<TestRow> SessionsOf(string project, string import) => SessionOracle.Cut(_accepted.Where(e => e.Project == project && e.Import == import), settings.GapOf);

    public ModelStream StreamOf(string project, string import = "") =>
        _streams.TryGetValue((project, import), out var stream) ? stream : _streams[(project, import)] = new ModelStream();

    public bool IsClosed(TestRow session) => session.End + settings.GapOf(session.Project) < StreamOf(session.Project, session.Import).Horizon;

    /// <summary>The verdict on the next event, which is taken into account.</summary>
    /// <param name="offset">Of its record.</param>
    /// <param name="e">Whatever was sent.</param>
    /// <param name="shareHorizon">Live lane: true for two projects with one horizon.</param>
    public Verdict Take(long offset, TestEvent e, Func<string, string, bool> shareHorizon)
    {
        if (!IsCurrent(e.Project, e.Import))
            return Verdict.LateImportEnded;
        var verdict = Judge(StreamOf(e.Project, e.Import), e, IsDuplicate(offset, e));
        if (verdict == Verdict.Counted)
        {
            _accepted.Add(e);
            // Live: one clock for all projects of the partition.
            foreach (var project in history ? [e.Project] : RandomSettings.Projects)
                StreamOf(project, e.Import).Advance(e.Time - settings.Of(project).DisorderMs);
        }
        else if (verdict == Verdict.Late && !history)
        {
            // It tells the time to the projects that it is not late for.
            foreach (var project in RandomSettings.Projects.Where(p => !shareHorizon(p, e.Project)))
                StreamOf(project).Advance(e.Time - settings.Of(project).DisorderMs);
        }
        return verdict;
    }

    public int GenerationOf(string project, string name) => _generations.GetValueOrDefault((project, name));

    public Verdict EndImport(string project, string import)
    {
        if (!IsCurrent(project, import))
            return Verdict.Duplicate;
        StreamOf(project, import).HasEnded = true;
        return Verdict.Marker;
    }

    public Verdict UndoImport(string project, string import)
    {
        if (!IsCurrent(project, import))
            return Verdict.Duplicate;
        var name = import.Split('~')[0];
        _generations[(project, name)] = GenerationOf(project, name) + 1;
        _accepted.RemoveAll(e => (e.Project, e.Import) == (project, import));
        _seen.RemoveAll(s => s.Stream == (project, import));
        _streams.Remove((project, import));
        return Verdict.Undo;
    }

    private bool IsCurrent(string project, string import)
    {
        var parts = import.Split('~');
        return import.Length == 0 || GenerationOf(project, parts[0]) == (parts.Length == 1 ? 0 : int.Parse(parts[1]));
    }

    private bool IsDuplicate(long offset, TestEvent e)
    {
        var before = _seen.FindLastIndex(s => s.Id == e.Id && offset - s.Offset < window);
        // Whose it was stays: who saw it first.
        _seen.Add((offset, e.Id, before >= 0 ? _seen[before].Stream : (e.Project, e.Import)));
        return before >= 0;
    }

    private Verdict Judge(ModelStream stream, TestEvent e, bool duplicate)
    {
        if (duplicate)
        {
            stream.Duplicates += stream.HasEnded ? 0 : 1;
            return Verdict.Duplicate;
        }
        if (stream.HasEnded)
            return Verdict.LateImportEnded;
        var unlimited = history && e.Import.Length == 0;
        if (!unlimited && e.Time < stream.Horizon - settings.Of(e.Project).LatenessMs)
        {
            stream.Late++;
            return Verdict.Late;
        }
        stream.Events++;
        return Verdict.Counted;
    }

    /// <summary>A project of the live lane, or an import.</summary>
    internal sealed class ModelStream
    {
        /// <summary>Null before the first event.</summary>
        public long? Horizon { get; private set; }

        public bool HasEnded { get; set; }

        public long Events { get; set; }

        public long Duplicates { get; set; }

        public long Late { get; set; }

        public void Advance(long horizon) => Horizon = Math.Max(Horizon ?? long.MinValue, horizon);
    }
}
