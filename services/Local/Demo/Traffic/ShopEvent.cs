namespace Tidemark.Local.Demo.Traffic;

/// <summary>An event of the shop as it goes over the wire.</summary>
/// <param name="OccurredAt">Event time, UTC, whole milliseconds.</param>
/// <param name="Visitor">Anonymous id.</param>
/// <param name="Name">Name of a track event; empty for a page view.</param>
/// <param name="Page">Path of the page it happened on.</param>
/// <param name="Json">The event as JSON, on one line.</param>
internal sealed record ShopEvent(DateTimeOffset OccurredAt, string Visitor, string Name, string Page, ReadOnlyMemory<byte> Json);
