namespace Tidemark.Sessionizer.Sessions;

/// <summary>Where the rules put what leaves them, message by message: a sweep of millions never stands in memory as a list. Spans are valid during the call only.</summary>
internal interface ISessionOutput
{
    /// <summary>A signed row (Session) for the topic sessions.</summary>
    void Row(ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> message, SessionRowKind kind);

    /// <summary>An upsert (LiveSession) for the topic sessions.live.</summary>
    void Live(long sessionId, ReadOnlySpan<byte> message);

    /// <summary>The end of an import (ImportClosed) for the topic sessions.</summary>
    void Closed(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message);

    /// <summary>An import that was taken back (ImportUndo) for the topic sessions: none of its rows follows.</summary>
    void Undone(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message);
}

internal enum SessionRowKind
{
    First,
    Retraction,
    Correction,
}
