using System.Text;

namespace Tidemark.Contracts.Sessions;

/// <summary>
/// Which records on <c>sessionizer.state</c> are the commit records of an input partition. Everybody may write to a topic; only what the partition's owners wrote counts, and they write
/// in fenced transactions, one owner after the other: each record continues the one before it, an owner's records all name the same writer, and the first of the next owner names the
/// writer before it. Whatever else stands there is passed over, by the sessionizer's replay and by readers that follow along alike.
/// </summary>
public sealed class CommitChain
{
    private readonly string _topic;
    private readonly int _partition;
    private readonly string _topicId;
    private readonly byte[] _key;
    private readonly long? _loaded;
    private long? _next;
    private long? _writer;

    private CommitChain(TopicOfChain input, long? writer, long? loaded = null)
    {
        (_topic, _partition, _topicId) = input;
        _key = Encoding.UTF8.GetBytes(_topic);
        (_writer, _loaded) = (writer, loaded);
    }

    /// <summary>Writer of the last record that counted; 0 when there was none, or none that names its writer.</summary>
    public long Writer => _writer ?? 0;

    /// <summary>Where the next record has to begin; null before the first one.</summary>
    public long? Next => _next;

    /// <summary>True while all records are about a topic of that name that is gone.</summary>
    public bool OfAnotherTopic { get; private set; }

    /// <summary>What was passed over; null while there is nothing.</summary>
    public PassedOver? Passed { get; private set; }

    /// <summary>A chain that is read from the start of the commit records.</summary>
    /// <param name="input">The input partition.</param>
    /// <param name="begunAnew">True when the input topic was begun anew: no record counts before the one that says so.</param>
    /// <param name="trimmed">True when the first records are gone: nobody knows who wrote before.</param>
    public static CommitChain FromStart(TopicOfChain input, bool begunAnew = false, bool trimmed = false) => new(input, trimmed ? null : 0) { OfAnotherTopic = begunAnew };

    /// <summary>A chain that goes on in the middle.</summary>
    /// <param name="input">The input partition.</param>
    /// <param name="writer">Writer of the record before; 0 when that is not known.</param>
    /// <param name="next">Where the first record has to begin, when the writer is known.</param>
    /// <param name="position">What is known otherwise: the first record goes beyond this input offset, or begins at it.</param>
    public static CommitChain After(TopicOfChain input, long writer, long next, long position) =>
        writer == 0 ? new CommitChain(input, null, position) : new CommitChain(input, writer) { _next = next };

    /// <summary>
    /// The commit record that this one is; null when it is none of this partition. What is not of the other input topic is noted in <see cref="Passed"/> then.
    /// </summary>
    /// <param name="offset">Of the record.</param>
    /// <param name="key">Of the record.</param>
    /// <param name="value">Of the record.</param>
    public SessionizerCommit? Take(long offset, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!key.SequenceEqual(_key))
            return null;
        SessionizerCommit commit;
        try
        {
            commit = SessionizerCommit.Decode(value);
        }
        catch (Exception broken) when (broken is InvalidDataException or OverflowException)
        {
            return Pass(offset, $"cannot be read ({broken.Message})");
        }
        if (WhyForeign(commit, SessionizerCommit.NamesWriter(value)) is { } foreign)
            return Pass(offset, foreign);
        if (commit.TopicId.Length > 0 && commit.TopicId != _topicId)
        {
            // What an owner wrote about a topic that is gone still says who writes.
            (_next, _writer, OfAnotherTopic) = (null, commit.Writer, true);
            return null;
        }
        if (!commit.Begins && WhyNotNext(commit) is { } reason)
            return Pass(offset, reason);
        (_next, _writer, OfAnotherTopic) = (commit.ToOffset, commit.Writer, false);
        return commit;
    }

    private string? WhyForeign(SessionizerCommit commit, bool namesWriter)
    {
        if (commit.InputTopic != _topic || commit.InputPartition != _partition)
            return $"is about {commit.InputTopic}/{commit.InputPartition}";
        if (commit.FromOffset < 0 || commit.ToOffset < commit.FromOffset)
            return $"goes from offset {commit.FromOffset} to {commit.ToOffset}";
        if ((namesWriter && commit.Writer == 0) || (_writer is { } writer && commit.Writer != writer && commit.WriterBefore != writer))
            return "was not written by an owner of the partition";
        return null;
    }

    private string? WhyNotNext(SessionizerCommit commit)
    {
        if (OfAnotherTopic)
            return "is about a topic that is gone";
        if (_next is { } next)
            return commit.FromOffset == next ? null : $"begins at offset {commit.FromOffset} and not at {next}, where the record before it ends";
        if (_loaded is { } loaded && (commit.FromOffset > loaded || (commit.FromOffset < loaded && commit.ToOffset <= loaded)))
            return $"is about offsets {commit.FromOffset} to {commit.ToOffset} and not about {loaded}";
        return null;
    }

    private SessionizerCommit? Pass(long offset, string reason)
    {
        Passed = Passed is { } before ? before with { Count = before.Count + 1 } : new PassedOver(1, offset, reason);
        return null;
    }
}

/// <summary>The input partition that commit records are about, with the log's identity of the topic as it is now.</summary>
public readonly record struct TopicOfChain(string Topic, int Partition, string TopicId);

/// <summary>Records that are no commit records of a partition though they stand where those do.</summary>
/// <param name="Count">How many.</param>
/// <param name="Offset">Of the first of them.</param>
/// <param name="Reason">Why that one is none: "cannot be read", …</param>
public sealed record PassedOver(long Count, long Offset, string Reason);
