namespace Tidemark.EventLog;

/// <summary>
/// The records of one append, already divided by partition. Pooled: take it from <see cref="IEventLog.NewAppend"/>, fill it, append it, dispose it.
/// Not thread safe; the log reads it until the append completes.
/// </summary>
public sealed class AppendRequest : IDisposable
{
    private readonly RecordSetBuilder[] _partitions;
    private readonly long[] _baseOffsets;
    private readonly Action<AppendRequest>? _giveBack;

    public AppendRequest(string topic, int partitions, Action<AppendRequest>? giveBack)
    {
        Topic = topic;
        _partitions = new RecordSetBuilder[partitions];
        for (var i = 0; i < partitions; i++)
            _partitions[i] = new RecordSetBuilder();
        _baseOffsets = new long[partitions];
        _giveBack = giveBack;
    }

    public string Topic { get; }

    public int Count { get; private set; }

    /// <summary>Bytes of all records, for limits on memory.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var partition in _partitions)
                bytes += partition.Length;
            return bytes;
        }
    }

    public int PartitionCount => _partitions.Length;

    /// <summary>W3C trace context (<c>traceparent</c>) of a sampled request, null otherwise; travels with its first record of each partition, where the log can carry it.</summary>
    public string? Trace { get; set; }

    /// <summary>
    /// Adds a record to the partition of its key. Its time should be that of receipt: Kafka ages records by it, and forgets after a day by it (at a restart of a broker
    /// at once) which appends it has had, so that one repeated after a lost answer may be there twice.
    /// </summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs) =>
        AddTo(Partitioner.PartitionOf(key, _partitions.Length), key, value, timestampMs);

    /// <summary>Adds a record to a partition of the caller's choice (markers that every partition gets).</summary>
    public void AddTo(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        _partitions[partition].Add(key, value, timestampMs);
        Count++;
    }

    public RecordSetBuilder Records(int partition) => _partitions[partition];

    /// <summary>
    /// After a completed append: the offset of this request's first record in the partition; -1 where the log cannot say (Kafka, for what was stored at a try whose
    /// answer was lost).
    /// </summary>
    public long BaseOffset(int partition) => _baseOffsets[partition];

    public void SetBaseOffset(int partition, long offset) => _baseOffsets[partition] = offset;

    public void Clear()
    {
        foreach (var partition in _partitions)
            partition.Clear();
        Count = 0;
        Trace = null;
    }

    /// <summary>Set by the pool that lends the request; a second <see cref="Dispose"/> must not put it there twice.</summary>
    internal bool Lent { get; set; } = true;

    public void Dispose()
    {
        if (!Lent)
            return;
        Lent = false;
        Count = 0;
        Trace = null;
        foreach (var partition in _partitions)
            partition.Dispose();
        _giveBack?.Invoke(this);
    }
}
