using System.Buffers.Text;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// A session is known by its earliest event. SQL: <c>xxHash64(concat(project, ':', toString(length(visitor_id)), ':', visitor_id, ':', toString(event_id)))</c>
/// with the event id as UInt64.
/// </summary>
internal static class SessionIds
{
    public static long Of(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId, long firstEventId)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat((ulong)firstEventId, digits, out var length);
        return EventIds.OfMessage(project, visitorId, digits[..length]);
    }
}
