using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>What holds for each project: settings of its own, or the general ones. Immutable; equal when every value is.</summary>
internal sealed class SettingsByProject : IEquatable<SettingsByProject>
{
    private readonly Dictionary<byte[], SessionSettings> _own = new(new BytesComparer());

    public SettingsByProject(in SessionSettings general, IReadOnlyList<ProjectSettings> projects)
    {
        (General, Projects) = (general, projects);
        foreach (var (project, settings) in projects)
            _own[Encoding.UTF8.GetBytes(project)] = settings;
    }

    public SessionSettings General { get; }

    /// <summary>The projects with settings of their own.</summary>
    public IReadOnlyList<ProjectSettings> Projects { get; }

    /// <summary>Equal for equal settings, in whatever order the projects are given.</summary>
    public long Hash => (long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(
        string.Join('\n', Projects.OrderBy(static p => p.Project, StringComparer.Ordinal).Select(static p => $"{p.Project} {Text(p.Settings)}").Prepend(Text(General)))));

    public IEnumerable<byte[]> Names => _own.Keys;

    /// <summary>The same settings for all projects.</summary>
    public static implicit operator SettingsByProject(in SessionSettings general) => new(general, []);

    public SessionSettings Of(ReadOnlySpan<byte> project) =>
        _own.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(project, out var own) ? own : General;

    public void Save(StateWriter state)
    {
        Save(General, state);
        state.Long(Projects.Count);
        foreach (var (project, settings) in Projects)
        {
            state.Bytes(Encoding.UTF8.GetBytes(project));
            Save(settings, state);
        }
    }

    public static SettingsByProject Load(StateReader state)
    {
        var general = LoadOne(state);
        var projects = new ProjectSettings[state.Count()];
        for (var i = 0; i < projects.Length; i++)
            projects[i] = new ProjectSettings(Encoding.UTF8.GetString(state.Bytes()), LoadOne(state));
        return new SettingsByProject(general, projects);
    }

    private static void Save(in SessionSettings settings, StateWriter state)
    {
        state.Long(settings.GapMs);
        state.Long(settings.DisorderMs);
        state.Long(settings.LatenessMs);
        state.Long(settings.MaxDurationMs);
        state.Long(settings.MaxEvents);
    }

    private static SessionSettings LoadOne(StateReader state) => new(state.Long(), state.Long(), state.Long(), state.Long(), state.Int());

    public bool Equals(SettingsByProject? other) =>
        ReferenceEquals(this, other)
        || (other is not null && General == other.General && (ReferenceEquals(Projects, other.Projects) || Projects.SequenceEqual(other.Projects)));

    public override bool Equals(object? obj) => Equals(obj as SettingsByProject);

    private static string Text(in SessionSettings s) =>
        string.Create(CultureInfo.InvariantCulture, $"{s.GapMs} {s.DisorderMs} {s.LatenessMs} {s.MaxDurationMs} {s.MaxEvents}");

    public override int GetHashCode() => HashCode.Combine(General, Projects.Count);
}
