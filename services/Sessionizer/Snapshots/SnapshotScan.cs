using System.IO.Hashing;
using System.Text;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Snapshots;

/// <summary>Finds the snapshots of one input partition among the records of <c>sessionizer.state</c>. What is torn, broken or of another topic is none.</summary>
/// <param name="input">The input partition.</param>
/// <param name="topicId">Identity of its topic.</param>
/// <param name="keepData">False to find their places only.</param>
internal sealed class SnapshotScan(TopicPartition input, string topicId, bool keepData)
{
    /// <summary>Snapshots of a partition that are kept: the newest, and the one before it, should the newest be of no use.</summary>
    internal const int Kept = 2;

    private readonly byte[] _key = SnapshotParts.KeyOf(input.Topic);
    private readonly byte[] _commitKey = Encoding.UTF8.GetBytes(input.Topic);
    private readonly byte[] _topicId = Encoding.UTF8.GetBytes(topicId);
    private readonly List<FoundSnapshot> _found = [];
    private readonly XxHash64 _hash = new();
    private byte[] _data = [];
    private int _length;
    private (long StateOffset, long ToOffset, long Writer, int Next, int Parts, long Length, long Hash)? _open;

    /// <summary>Whole snapshots, oldest first, the newest <see cref="Kept"/> of them.</summary>
    public IReadOnlyList<FoundSnapshot> Found => _found;

    /// <summary>Where the first record about the input partition stands; null when there is none.</summary>
    public long? First { get; private set; }

    /// <summary>Parts that make no whole snapshot: of an owner that ended before it was done, or damaged.</summary>
    public int Torn { get; private set; }

    public TopicPartition Input => input;

    /// <summary>Reads a part of the log, which may go on where the last one ended.</summary>
    /// <param name="log">The log.</param>
    /// <param name="state">The partition of <c>sessionizer.state</c>.</param>
    /// <param name="from">First offset.</param>
    /// <param name="to">Where it ends. What an open transaction of the other lane hides at first is waited for.</param>
    /// <param name="scans">They see every record.</param>
    /// <param name="patience">Longest wait for the next record.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <returns>Where to go on.</returns>
    public static async ValueTask<long> ReadAsync(
        IEventLog log, TopicPartition state, long from, long to, IReadOnlyList<SnapshotScan> scans, TimeSpan patience, CancellationToken cancellation)
    {
        if (from >= to)
            return from;
        using var reader = log.OpenReader(state, from);
        while (reader.Position < to)
        {
            var before = reader.Position;
            if (!await reader.ReadAsync(patience, cancellation))
            {
                if (reader.Position == before)
                    throw new LogUnavailableException($"{state}: nothing to read at offset {before} though it goes to {to}");
                continue;
            }
            foreach (var record in reader.Records)
            {
                foreach (var scan in scans)
                    scan.Take(record);
            }
        }
        return reader.Position;
    }

    /// <summary>Looks at one record; in the order of the log.</summary>
    internal void Take(in LogRecord record)
    {
        var isPart = record.Key.SequenceEqual(_key);
        if (!isPart && !record.Key.SequenceEqual(_commitKey))
            return;
        First ??= record.Offset;
        if (!isPart)
            return;
        SessionizerSnapshot part;
        try
        {
            part = SessionizerSnapshot.Decode(record.Value);
        }
        catch (Exception broken) when (broken is InvalidDataException or OverflowException)
        {
            Torn++;
            return;
        }
        if (part.InputPartition != input.Partition || !part.InputTopic.SequenceEqual(_commitKey) || !part.TopicId.SequenceEqual(_topicId))
            return;
        if (part.Part == 0)
            Begin(part, record.Offset);
        if (_open is { } open && open == (open.StateOffset, part.ToOffset, part.Writer, part.Part, part.Parts, part.Length, part.Hash))
            Add(part);
        else
            Torn++;
    }

    private void Begin(in SessionizerSnapshot part, long offset)
    {
        if (_open is not null)
            Drop();
        _open = (offset, part.ToOffset, part.Writer, 0, part.Parts, part.Length, part.Hash);
        _hash.Reset();
        _length = 0;
        // A new array for each: the ones before may be kept.
        _data = keepData && part.Length is > 0 and <= int.MaxValue && part.Length <= (long)part.Parts * SnapshotParts.PartBytes ? new byte[part.Length] : [];
    }

    private void Add(in SessionizerSnapshot part)
    {
        var open = _open!.Value;
        _hash.Append(part.Data);
        if (keepData && part.Data.Length <= _data.Length - _length)
            part.Data.CopyTo(_data.AsSpan(_length));
        _length += part.Data.Length;
        _open = open with { Next = open.Next + 1 };
        if (open.Next + 1 < open.Parts)
            return;
        if (_length != open.Length || (long)_hash.GetCurrentHashAsUInt64() != open.Hash)
        {
            Drop();
            return;
        }
        _found.Add(new FoundSnapshot(open.StateOffset, open.ToOffset, open.Writer, _data));
        if (_found.Count > Kept)
            _found.RemoveAt(0);
        _open = null;
    }

    /// <summary>Nothing follows: what is not whole by now never will be.</summary>
    public void End()
    {
        if (_open is not null)
            Drop();
    }

    private void Drop()
    {
        Torn++;
        _open = null;
    }
}
