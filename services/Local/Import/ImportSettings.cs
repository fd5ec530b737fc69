using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import;

/// <summary>What one import is asked to do.</summary>
internal sealed record ImportSettings
{
    public required string File { get; init; }

    public required ImportFormat Format { get; init; }

    /// <summary>Where the fields come from; empty: CSV columns and JSON members by the event's own names.</summary>
    public FieldMap Map { get; init; } = FieldMap.Empty;

    /// <summary>Delimiter of CSV; null: from the header line.</summary>
    public byte? Delimiter { get; init; }

    /// <summary>Unit of times that are numbers; none: a number is no time.</summary>
    public TimeUnit Unit { get; init; }

    /// <summary>Name of the import; null: a hash of project and content.</summary>
    public string? ImportId { get; init; }
}
