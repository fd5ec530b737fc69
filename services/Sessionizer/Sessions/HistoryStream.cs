using Tidemark.Contracts.Imports;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>One import in one partition, or a project's history without an import. After its end only the numbers stay.</summary>
internal sealed class HistoryStream(byte[] project, byte[] importId, SessionSet set)
{
    public byte[] Project { get; } = project;

    public byte[] ImportId { get; } = importId;

    /// <summary>Null once everything of an ended import went out.</summary>
    public SessionSet? Set { get; private set; } = set;

    public bool Ended { get; private set; }

    /// <summary>An end marker came since the last answer.</summary>
    public bool OwesAnswer { get; private set; }

    public long Events { get; set; }

    public long Duplicates { get; set; }

    public long Late { get; set; }

    private long _sessions;
    private long _closedAt;

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
}
