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

    public IEnumerable<byte[]> Names => _own.Keys;

    /// <summary>The same settings for all projects.</summary>
    public static implicit operator SettingsByProject(in SessionSettings general) => new(general, []);

    public SessionSettings Of(ReadOnlySpan<byte> project) =>
        _own.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(project, out var own) ? own : General;

    public bool Equals(SettingsByProject? other) =>
        ReferenceEquals(this, other)
        || (other is not null && General == other.General && (ReferenceEquals(Projects, other.Projects) || Projects.SequenceEqual(other.Projects)));

    public override bool Equals(object? obj) => Equals(obj as SettingsByProject);

    public override int GetHashCode() => HashCode.Combine(General, Projects.Count);
}
