namespace Tidemark.Sessionizer.Sessions;

/// <summary>What became of an input record.</summary>
internal enum Verdict
{
    Counted,
    Duplicate,
    Late,
    LateImportEnded,
    Unreadable,

    /// <summary>The end of an import.</summary>
    Marker,

    /// <summary>Takes an import back.</summary>
    Undo,
}
