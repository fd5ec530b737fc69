using System.Buffers;
using K4os.Compression.LZ4;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>
/// One group commit in the making: the records of many writes, joined to one batch (or a few) per partition, in one atomic store write. Used by the commit
/// thread alone, and used again for the next commit.
/// </summary>
internal sealed class Commit : IDisposable
{
    private readonly RocksDbLogOptions _options;
    private readonly nint _metaFamily;
    private readonly BatchWriter[] _writers;
    private readonly List<Partition> _open = [];
    private readonly List<StagedBatch> _staged = [];
    private readonly List<Partition> _trimmed = [];
    private readonly Pool<TailBatch> _batches = new(1024);
    private byte[] _compressed = [];

    internal Commit(RocksDbLogOptions options, int partitions, nint metaFamily)
    {
        _options = options;
        _metaFamily = metaFamily;
        _writers = new BatchWriter[partitions];
        for (var i = 0; i < partitions; i++)
            _writers[i] = new BatchWriter();
    }

    internal StoreBatch Store { get; } = new();

    internal int Records { get; private set; }

    internal long BodyBytes { get; private set; }

    internal long StoredBytes { get; private set; }

    private long AppendedMs { get; set; }

    internal void Begin(long nowMs)
    {
        Store.Clear();
        _staged.Clear();
        _trimmed.Clear();
        _open.Clear();
        Records = 0;
        BodyBytes = 0;
        StoredBytes = 0;
        AppendedMs = nowMs;
    }

    /// <summary>Adds a partition's records and returns the offset of the first.</summary>
    internal long Add(Partition partition, RecordSetBuilder records)
    {
        var writer = _writers[partition.Index];
        var data = records.Data.Span;
        if (writer.Count == 0)
            Open(partition, writer, records);
        var first = partition.Staged.Offset + writer.Count;
        Records += records.Count;
        BodyBytes += data.Length;
        if (records.BaseTimestampMs == writer.BaseTimestampMs && writer.Length + data.Length <= _options.MaxBatchBytes)
        {
            writer.CopyAll(data, records.Count, records.MaxTimestampMs);
            return first;
        }
        var at = 0;
        while (true)
        {
            writer.CopySome(data, ref at, records.BaseTimestampMs, _options.MaxBatchBytes);
            if (at == data.Length)
                return first;
            Seal(partition, writer);
            writer.Open(Math.Min(data.Length - at + Varint.MaxLength, _options.MaxBatchBytes), records.BaseTimestampMs);
        }
    }

    /// <summary>
    /// Moves a partition's start and removes what lies before it, in one write. Never back: trims are asked for by several callers and come here in any order, and a start below
    /// records that are gone would be taken for damage at the next opening.
    /// </summary>
    /// <returns>How many records that removes.</returns>
    internal long Trim(Partition partition, long start)
    {
        var removed = start - partition.StagedStart;
        if (removed <= 0)
            return 0;
        Span<byte> from = stackalloc byte[Partition.MaxKeyLength];
        Span<byte> to = stackalloc byte[Partition.MaxKeyLength];
        partition.StagedStart = start;
        _trimmed.Add(partition);
        PutMeta(Catalog.StartKey(partition.Id), Catalog.Offset(start));
        Store.DeleteRange(partition.ColumnFamily, partition.Key(0, from), partition.Key(start, to));
        return removed;
    }

    internal void PutMeta(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Store.Put(_metaFamily, key, value);

    /// <summary>Seals what is open; the store write is complete then.</summary>
    internal void Finish()
    {
        foreach (var partition in _open)
            Seal(partition, _writers[partition.Index]);
        _open.Clear();
    }

    /// <summary>After the store write: batches become visible, readers wake.</summary>
    internal void Publish()
    {
        for (var i = 0; i < _staged.Count; i++)
        {
            var (partition, batch) = _staged[i];
            var end = batch.EndOffset;
            partition.Committed = partition.Staged;
            partition.Tail.Add(batch);
            partition.End = end;
        }
        foreach (var partition in _trimmed)
            partition.Start = partition.StagedStart;
        _trimmed.Clear();
        foreach (var (partition, _) in _staged)
            partition.Data.Wake();
        _staged.Clear();
    }

    /// <summary>The store write failed: what was staged never existed.</summary>
    internal void RollBack()
    {
        foreach (var partition in _open)
        {
            var writer = _writers[partition.Index];
            if (writer.Length > 0)
                ArrayPool<byte>.Shared.Return(writer.Detach());
            partition.Staged = partition.Committed;
        }
        _open.Clear();
        foreach (var (partition, batch) in _staged)
        {
            partition.Staged = partition.Committed;
            batch.Release();
        }
        _staged.Clear();
        foreach (var partition in _trimmed)
            partition.StagedStart = partition.Start;
        _trimmed.Clear();
    }

    public void Dispose() => Store.Dispose();

    private void Open(Partition partition, BatchWriter writer, RecordSetBuilder records)
    {
        writer.Open(Math.Min(records.Length, _options.MaxBatchBytes), records.BaseTimestampMs);
        if (!_open.Contains(partition))
            _open.Add(partition);
    }

    private void Seal(Partition partition, BatchWriter writer)
    {
        if (writer.Count == 0)
            return;
        var cursor = partition.Staged;
        var appendedMs = Math.Max(cursor.AppendedMs, AppendedMs);
        var bodyLength = writer.Length - BatchHeader.Size;
        var header = new BatchHeader(
            BatchCodec.None, writer.Count, writer.BaseTimestampMs, writer.MaxTimestampMs, appendedMs, cursor.Bytes, bodyLength);

        var stored = Compress(writer, ref header);
        header.Write(stored, cursor.Offset);
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        Store.Put(partition.ColumnFamily, partition.Key(cursor.Offset, key), stored);

        StoredBytes += stored.Length;
        partition.Staged = new BatchCursor(cursor.Offset + writer.Count, cursor.Bytes + stored.Length, appendedMs);
        var count = writer.Count;
        var baseTimestampMs = writer.BaseTimestampMs;
        var batch = _batches.TryTake() ?? new TailBatch(_batches);
        batch.Fill(writer.Detach(), bodyLength, cursor.Offset, count, baseTimestampMs);
        _staged.Add(new StagedBatch(partition, batch));
    }

    /// <summary>The batch as it is stored: compressed when that saves an eighth, else the batch itself.</summary>
    private Span<byte> Compress(BatchWriter writer, ref BatchHeader header)
    {
        var whole = writer.Whole;
        if (_options.CompressFromBytes is not { } from || header.BodyLength < from)
            return whole;
        var most = BatchHeader.Size + LZ4Codec.MaximumOutputSize(header.BodyLength);
        if (_compressed.Length < most)
            _compressed = new byte[Math.Max(most, BatchHeader.Size + LZ4Codec.MaximumOutputSize(_options.MaxBatchBytes))];
        var length = LZ4Codec.Encode(whole[BatchHeader.Size..], _compressed.AsSpan(BatchHeader.Size));
        if (length <= 0 || length > header.BodyLength - header.BodyLength / 8)
            return whole;
        header = header with { Codec = BatchCodec.Lz4 };
        return _compressed.AsSpan(0, BatchHeader.Size + length);
    }
}
