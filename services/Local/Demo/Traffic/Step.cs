namespace Tidemark.Local.Demo.Traffic;

/// <summary>One thing a visitor does, before it has a time and an id.</summary>
/// <param name="Type">page, track or identify.</param>
/// <param name="Name">Name of a track event, else empty.</param>
/// <param name="Page">Where it happens.</param>
/// <param name="After">Time since the step before.</param>
internal sealed record Step(string Type, string Name, ShopPage Page, TimeSpan After)
{
    /// <summary>Set on the first page of a visit only.</summary>
    public Source? Source { get; init; }

    public IReadOnlyList<(string Name, object Value)> Properties { get; init; } = [];
}
