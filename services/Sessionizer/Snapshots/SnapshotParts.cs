using System.IO.Hashing;
using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Snapshots;

/// <summary>
/// A snapshot on its way into the log. The state is turned into bytes at once, at a commit point; its parts go out with the commits that follow, a few with each, so that no
/// transaction grows large. One at a time.
/// </summary>
/// <param name="input">The input partition.</param>
/// <param name="topicId">Identity of its topic.</param>
internal sealed class SnapshotParts(TopicPartition input, string topicId)
{
    /// <summary>Bytes of a part: below what a broker takes as a record by default, 1 MB.</summary>
    internal const int PartBytes = 512 << 10;

    /// <summary>Parts that go out with one commit; all that are left when the owner stops.</summary>
    internal const int PartsPerCommit = 8;

    private readonly byte[] _topic = Encoding.UTF8.GetBytes(input.Topic);
    private readonly byte[] _topicId = Encoding.UTF8.GetBytes(topicId);
    private readonly byte[] _key = KeyOf(input.Topic);
    private readonly StateWriter _state = new();
    private byte[] _record = [];
    private long _toOffset;
    private long _writer;
    private long _hash;
    private int _next;
    private int _count;

    /// <summary>Some parts are not in a transaction yet.</summary>
    public bool IsUnderWay => _next < _count;

    /// <summary>Bytes of the last snapshot that was begun; 0 before the first.</summary>
    public long Length { get; private set; }

    /// <summary>Keeps the state as it is now.</summary>
    /// <param name="rules">The state, right after a commit that left nothing to emit.</param>
    /// <param name="toOffset">Where that commit ends.</param>
    /// <param name="writer">Writer of its record.</param>
    public void Begin(PartitionRules rules, long toOffset, long writer)
    {
        _state.Clear();
        rules.Save(_state);
        (_toOffset, _writer) = (toOffset, writer);
        _hash = (long)XxHash64.HashToUInt64(_state.Written);
        Length = _state.Written.Length;
        _next = 0;
        _count = (int)((Length + PartBytes - 1) / PartBytes);
    }

    /// <summary>Puts the next parts into the transaction, before the commit record. True when the last one is among them.</summary>
    public bool AppendTo(ILogTransaction transaction, bool all, long timestampMs)
    {
        var until = all ? _count : Math.Min(_count, _next + PartsPerCommit);
        for (; _next < until; _next++)
            transaction.Append(new TopicPartition(Topics.SessionizerState, input.Partition), _key, Record(_next), timestampMs);
        if (IsUnderWay)
            return false;
        _state.Release();
        return true;
    }

    /// <summary>The key of all parts of snapshots of a topic.</summary>
    internal static byte[] KeyOf(string topic) => Encoding.UTF8.GetBytes($"snapshot/{topic}");

    private ReadOnlySpan<byte> Record(int part)
    {
        var snapshot = new SessionizerSnapshot
        {
            InputTopic = _topic,
            InputPartition = input.Partition,
            TopicId = _topicId,
            ToOffset = _toOffset,
            Writer = _writer,
            Part = part,
            Parts = _count,
            Length = Length,
            Hash = _hash,
            Data = _state.Written.Slice(part * PartBytes, (int)Math.Min(PartBytes, Length - (long)part * PartBytes)),
        };
        if (_record.Length < snapshot.MaxLength)
            _record = new byte[snapshot.MaxLength];
        return _record.AsSpan(0, snapshot.Encode(_record));
    }
}
