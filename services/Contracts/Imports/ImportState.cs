namespace Tidemark.Contracts.Imports;

/// <summary>How far a generation of an import is; a later state replaces an earlier one. The order is that of <c>import_note.avsc</c>.</summary>
public enum ImportState
{
    /// <summary>Events were sent.</summary>
    Opened,

    /// <summary>Its end was told.</summary>
    Ended,

    /// <summary>It is being taken back; whoever reads this finishes it.</summary>
    Undoing,

    /// <summary>It was taken back.</summary>
    Undone,
}
