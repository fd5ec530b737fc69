namespace Tidemark.Contracts.Sessions;

/// <summary>Why a session was emitted; the order is that of <c>session.avsc</c>.</summary>
public enum CloseReason
{
    Gap,
    Idle,
    ImportEnd,
    Pause,
    MaxDuration,
    MaxEvents,
}
