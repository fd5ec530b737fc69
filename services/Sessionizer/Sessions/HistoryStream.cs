using Tidemark.Contracts.Imports;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>One generation of an import in one partition, or a project's history without an import. After its end only the numbers stay, after an undo nothing counts any more.</summary>
/// <param name="number">Names it to the filter of duplicates; from 1.</param>
/// <param name="name">What it shares with the other generations.</param>
/// <param name="project">Of all its events.</param>
/// <param name="importId">Name and generation.</param>
internal sealed class HistoryStream(int number, HistoryStream.ImportName name, byte[] project, byte[] importId)
{
    private readonly int _generation = ImportGeneration.Of(importId);

    public int Number { get; } = number;

    public byte[] Project { get; } = project;

    public byte[] ImportId { get; } = importId;

    /// <summary>False for a generation that was taken back, and for one that is not there yet: nothing of it counts.</summary>
    public bool IsCurrent => _generation == name.Current;

    /// <summary>Null before its first record, and once everything of an ended import went out.</summary>
    public SessionSet? Set { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>An end marker came since the last answer.</summary>
    public bool OwesAnswer { get; private set; }

    public long Events { get; set; }

    public long Duplicates { get; set; }

    public long Late { get; set; }

    private long _sessions;
    private long _closedAt;

    /// <summary>Takes events from now on.</summary>
    public void Open(SessionSet set) => Set = set;

    /// <summary>The next generation is the current one from now on; nothing more of this one goes out.</summary>
    public void Undo()
    {
        name.Current = _generation + 1;
        Ended = true;
        OwesAnswer = false;
        Set = null;
    }

    public bool Is(ReadOnlySpan<byte> otherProject, ReadOnlySpan<byte> otherImport) =>
        otherImport.SequenceEqual(ImportId) && otherProject.SequenceEqual(Project);

    /// <summary>True when there is no answer owed already.</summary>
    public bool End(long endedAt)
    {
        if (!Ended)
            _closedAt = endedAt;
        Ended = true;
        var first = !OwesAnswer;
        OwesAnswer = true;
        return first;
    }

    /// <summary>Gives the state back and keeps its numbers.</summary>
    public void Drop()
    {
        if (Set is not null)
            _sessions = Set.Sessions;
        Set = null;
    }

    /// <summary>All but its sessions.</summary>
    public void Save(StateWriter state)
    {
        state.Bytes(Project);
        state.Bytes(ImportId);
        state.Long(name.Current);
        state.Boolean(Ended);
        state.Long(_closedAt);
        state.Long(Events);
        state.Long(Duplicates);
        state.Long(Late);
        state.Long(_sessions);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote behind project and import.</summary>
    public void Load(StateReader state)
    {
        name.Current = state.Int();
        Ended = state.Boolean();
        _closedAt = state.Long();
        Events = state.Long();
        Duplicates = state.Long();
        Late = state.Long();
        _sessions = state.Long();
    }

    public void Answer(int partition, ISessionOutput? output)
    {
        OwesAnswer = false;
        if (output is null)
            return;
        var closed = new ImportClosed
        {
            Project = Project,
            ImportId = ImportId,
            Partition = partition,
            ClosedAt = _closedAt,
            Events = Events,
            Duplicates = Duplicates,
            Late = Late,
            Sessions = _sessions,
        };
        var message = new byte[closed.MaxLength];
        output.Closed(ImportId, message.AsSpan(0, closed.Encode(message)));
    }

    /// <summary>An import's name in one partition.</summary>
    /// <param name="current">The generation that is seen first: those before it went with what retention removed.</param>
    internal sealed class ImportName(int current)
    {
        /// <summary>The generation that counts.</summary>
        public int Current { get; set; } = current;
    }
}
