using System.Runtime.CompilerServices;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Reading;

/// <summary>
/// At the tail a reader stands on the very memory the commit thread wrote; behind it, on chunks fetched from the store. One batch per read.
/// </summary>
internal sealed class LogReader(LogStore store, Partition partition, long offset, int chunkBytes) : ILogReader
{
    private readonly ReadChunk _chunk = new(store, partition, chunkBytes);
    private readonly BatchDecoder _decoder = new(partition);
    private DataWaiter? _waiter;
    private TailBatch? _standingOn;
    private long _position = offset;
    private bool _disposed;

    public TopicPartition Partition => partition.Id;

    public long Position => _position;

    public long End => Math.Max(partition.End, _position);

    public bool AtEnd { get; private set; }

    public RecordSet Records { get; private set; }

    public IReadOnlyList<LogTrace> Traces => [];

    public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation)
    {
        if (TryRead(out var end))
            return new ValueTask<bool>(true);
        return wait == TimeSpan.Zero ? new ValueTask<bool>(false) : WaitAndRead(end, wait, cancellation);
    }

    public void Seek(long offset)
    {
        LetGo();
        _chunk.Drop();
        _position = offset;
        AtEnd = false;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        LetGo();
        _chunk.Drop();
        _decoder.Drop();
        _waiter?.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAndRead(long end, TimeSpan wait, CancellationToken cancellation)
    {
        _waiter ??= new DataWaiter(partition);
        var deadline = wait == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)Math.Ceiling(wait.TotalMilliseconds);
        while (true)
        {
            if (!await _waiter.WaitAsync(end, deadline, cancellation).ConfigureAwait(false))
                return TryRead(out _);
            if (TryRead(out end))
                return true;
        }
    }

    private bool TryRead(out long end)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(partition.Data.IsClosed, typeof(RocksDbEventLog));
        LetGo();
        end = partition.End;
        if (_position < partition.Start || _position > end)
            throw new LogOffsetOutOfRangeException(partition.Id, _position, partition.Range);
        if (_position == end)
        {
            AtEnd = true;
            // No buffer is held while idle.
            _chunk.Drop();
            _decoder.Drop();
            return false;
        }
        if (_chunk.IsEmpty && partition.Tail.Find(_position) is { } batch)
        {
            _standingOn = batch;
            Deliver(batch.Body, batch.BaseOffset, batch.Count, batch.BaseTimestampMs);
        }
        else
        {
            ReadStored(end);
        }
        AtEnd = _position >= partition.End;
        return true;
    }

    private void ReadStored(long end)
    {
        if (_chunk.IsEmpty)
            _chunk.Fetch(_position, end);
        if (_chunk.IsEmpty)
            throw Missing();
        var stored = _chunk.Take(out var baseOffset);
        var body = _decoder.Decode(stored, baseOffset, out var header);
        if (_position < baseOffset || _position >= baseOffset + header.Count)
            throw Missing();
        Deliver(body, baseOffset, header.Count, header.BaseTimestampMs);
    }

    /// <summary>Offsets have no gaps, so a batch that is not where it must be was lost, or was trimmed a moment ago.</summary>
    private LogException Missing()
    {
        _chunk.Drop();
        var start = partition.StagedStart;
        return _position < start
            ? new LogOffsetOutOfRangeException(partition.Id, _position, partition.Range with { Start = start })
            : StoreErrors.AtRead(partition.Id, _position, "the batch that held it is missing");
    }

    private void Deliver(ReadOnlyMemory<byte> body, long baseOffset, int count, long baseTimestampMs)
    {
        var skip = (int)(_position - baseOffset);
        if (skip > 0)
            body = body[SkipRecords(body.Span, skip)..];
        Records = new RecordSet(body, _position, count - skip, baseTimestampMs);
        _position = baseOffset + count;
    }

    private static int SkipRecords(ReadOnlySpan<byte> records, int count)
    {
        var at = 0;
        for (; count > 0; count--)
        {
            var keyLength = (int)Varint.Read(records, ref at) - 1;
            at += Math.Max(keyLength, 0);
            var valueLength = (int)Varint.Read(records, ref at);
            at += valueLength;
            Varint.ReadSigned(records, ref at);
        }
        return at;
    }

    private void LetGo()
    {
        Records = RecordSet.Empty;
        _standingOn?.Release();
        _standingOn = null;
    }
}
