using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;

namespace Tidemark.Contracts.Events;

/// <summary>64-bit ids that SQL can compute too: <c>reinterpretAsInt64(xxHash64(concat(project, ':', toString(length(visitor_id)), ':', visitor_id, ':', message_id)))</c>.</summary>
public static class EventIds
{
    /// <summary>The id of a message within its project and visitor; the visitor's length keeps the parts apart.</summary>
    public static long OfMessage(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> messageId)
    {
        var length = project.Length + visitorId.Length + messageId.Length + 16;
        byte[]? rented = null;
        var buffer = length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(length);
        project.CopyTo(buffer);
        var at = project.Length;
        buffer[at++] = (byte)':';
        Utf8Formatter.TryFormat(visitorId.Length, buffer[at..], out var digits);
        at += digits;
        buffer[at++] = (byte)':';
        visitorId.CopyTo(buffer[at..]);
        at += visitorId.Length;
        buffer[at++] = (byte)':';
        messageId.CopyTo(buffer[at..]);
        at += messageId.Length;
        var id = (long)XxHash64.HashToUInt64(buffer[..at]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return id;
    }
}
