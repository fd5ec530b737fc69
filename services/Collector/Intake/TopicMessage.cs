using System.Buffers.Text;
using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>The message of the intake topic that is being read: one object for a partition, told anew of every message.</summary>
internal sealed class TopicMessage(MessageProjects projects, int partition)
{
    private static readonly byte[] _topic = Encoding.ASCII.GetBytes(Topics.Intake);

    internal MessageProjects Projects => projects;

    internal int Partition => partition;

    internal long Offset { get; private set; }

    /// <summary>Milliseconds since 1970 UTC: its producer's clock, or the broker's where the topic is set so. Not to be trusted.</summary>
    internal long TimestampMs { get; private set; }

    internal void Begin(long offset, long timestampMs)
    {
        Offset = offset;
        TimestampMs = timestampMs;
    }

    /// <summary>When it was put into the topic, as far as its time can be believed: a time of the future or none at all is as good as now.</summary>
    internal long ArrivedAt(long now) => TimestampMs > 0 && TimestampMs < now ? TimestampMs : now;

    /// <summary>
    /// The id of an event that brought none: the same whenever the message is read again, as after a rolled back transaction. The message's time is in it because a topic
    /// that was made anew counts its offsets from zero again.
    /// </summary>
    internal long IdOf(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId, int index)
    {
        Span<byte> place = stackalloc byte[128];
        _topic.CopyTo(place);
        var length = _topic.Length;
        Put(place, ref length, partition);
        Put(place, ref length, Offset);
        Put(place, ref length, index);
        Put(place, ref length, TimestampMs);
        return EventIds.OfMessage(project, visitorId, place[..length]);
    }

    private static void Put(Span<byte> target, ref int length, long number)
    {
        target[length++] = (byte)':';
        Utf8Formatter.TryFormat(number, target[length..], out var written);
        length += written;
    }
}
