using System.Text;

namespace Tidemark.Contracts.Imports;

/// <param name="Name">Name of the import.</param>
/// <param name="Generation">The newest generation; of a name that was taken back and not sent again since, the one that was taken back.</param>
/// <param name="State">How far that one is.</param>
public sealed record KnownImport(string Name, int Generation, ImportState State)
{
    /// <summary>The generation that counts when it is sent now.</summary>
    public int Current => State == ImportState.Undone ? Generation + 1 : Generation;
}

/// <summary>The imports of all projects as the notes in the topic <c>imports</c> say; the notes may come twice and in any order.</summary>
public sealed class ImportNotes
{
    private readonly Dictionary<(string Project, string Import), KnownImport> _imports = [];

    /// <summary>Takes a record of the topic; what is no note is passed over.</summary>
    public void Take(ReadOnlySpan<byte> message)
    {
        if (!ImportNote.Is(message))
            return;
        var note = ImportNote.Decode(message);
        var key = (Encoding.UTF8.GetString(note.Project), Encoding.UTF8.GetString(note.Import));
        if (_imports.TryGetValue(key, out var known) && (known.Generation, known.State).CompareTo((note.Generation, note.State)) >= 0)
            return;
        _imports[key] = new KnownImport(key.Item2, note.Generation, note.State);
    }

    /// <summary>Null for a name that nothing was ever sent under.</summary>
    public KnownImport? Find(string project, string import) => _imports.GetValueOrDefault((project, import));

    /// <summary>All imports of a project, by name.</summary>
    public IReadOnlyList<KnownImport> Of(string project) =>
        [.. _imports.Where(one => one.Key.Project == project).Select(one => one.Value).OrderBy(one => one.Name, StringComparer.Ordinal)];
}
