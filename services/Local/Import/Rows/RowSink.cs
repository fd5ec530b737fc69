using System.IO.Hashing;
using System.Text;
using Tidemark.Local.Import.Sorting;

namespace Tidemark.Local.Import.Rows;

/// <summary>Takes what the readers make of each record (a line, a CSV row, an element of an array), once: events go to the sorter, rejected lines are counted, a message id counts once.</summary>
internal sealed class RowSink(EventSorter sorter)
{
    /// <summary>
    /// Message ids that are remembered, 8 bytes each and a table's slack: 16 million are about 400 MB. The lane itself drops duplicates within
    /// 4,194,304 offsets; what this adds is that the first line of the file wins, also when a later one bears an earlier time.
    /// </summary>
    private const int MessageIdsKept = 1 << 24;

    private readonly HashSet<ulong> _messageIds = [];
    private long _unread;

    public RejectedLines Rejected { get; } = new();

    /// <summary>The streams that the events came from, see <see cref="ImportStreams"/>.</summary>
    public ImportStreams Streams { get; } = new();

    public long Accepted { get; private set; }

    public long Duplicates { get; private set; }

    /// <summary>
    /// Place of the record that is being read among the records of the file; the first is 1. Every record counts, whatever becomes of it, so the place, and with it the
    /// id of an event without a message id, does not depend on the mapping; and it is each event's own, which the line is not: a line may hold several.
    /// </summary>
    public long Place => Records + 1;

    /// <summary>Records read: each was accepted, or dropped as a duplicate, or rejected. Not <see cref="Rejected"/> among others: what the collector refuses is added to it, and was accepted here.</summary>
    public long Records => Accepted + Duplicates + _unread;

    /// <summary>True when the file has arrays: then its records are their elements, else its lines.</summary>
    public bool HasArrays { get; set; }

    /// <summary>Lines that are in the format, whatever became of them: a file of which none is, is not that format at all.</summary>
    public long InFormat { get; private set; }

    /// <param name="stream">Name of the event's stream, as an export has it; empty for all others.</param>
    public void Accept(long time, long line, ReadOnlySpan<byte> json, ReadOnlySpan<byte> stream = default)
    {
        InFormat++;
        Accepted++;
        sorter.Add(time, line, json, Streams.NumberOf(stream));
    }

    /// <summary>False when this message id of this visitor was there before.</summary>
    public bool IsFirst(ReadOnlySpan<byte> visitor, ReadOnlySpan<byte> messageId)
    {
        var hash = new XxHash3();
        hash.Append(visitor);
        hash.Append([0xff]);
        hash.Append(messageId);
        var id = hash.GetCurrentHashAsUInt64();
        if (_messageIds.Count < MessageIdsKept ? _messageIds.Add(id) : !_messageIds.Contains(id))
            return true;
        InFormat++;
        Duplicates++;
        return false;
    }

    public void Reject(long line, Rejection why)
    {
        if (why is not (Rejection.NotJson or Rejection.NotUtf8 or Rejection.FieldCount or Rejection.UnclosedQuote or Rejection.NotAnAccessLogLine
            or Rejection.LineTooLong))
            InFormat++;
        _unread++;
        Rejected.Add(why.Code(), line);
    }

    /// <summary>A text that is no id: absent, empty or blank. The words null and undefined are ids.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) != System.Buffers.OperationStatus.Done || !Rune.IsWhiteSpace(rune))
                return false;
            text = text[length..];
        }
        return true;
    }
}
