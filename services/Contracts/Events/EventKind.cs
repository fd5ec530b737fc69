namespace Tidemark.Contracts.Events;

/// <summary>What an event counts as in a session; the order is that of <c>event.avsc</c>.</summary>
public enum EventKind
{
    Other,
    Page,
    Action,
    Error,
}

/// <summary>The call as sent; the order is that of <c>event.avsc</c>.</summary>
public enum EventType
{
    Track,
    Page,
    Screen,
    Identify,
    Group,
    Alias,
}
