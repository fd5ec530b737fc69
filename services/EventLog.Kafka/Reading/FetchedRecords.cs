using System.Runtime.InteropServices;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>
/// One partition being fetched into a queue of its own, and the messages taken from it that have not been delivered yet. Belongs to one reader, which guards it.
/// </summary>
internal sealed unsafe class FetchedRecords : IDisposable
{
    private const int BatchSize = 1024;
    private readonly ReaderClient _client;
    private readonly TopicPartition _partition;
    private readonly nint _topic;
    private readonly nint _queue;
    private readonly byte* _topicName;
    private readonly RdMessage** _batch = (RdMessage**)NativeMemory.Alloc(BatchSize, (nuint)sizeof(RdMessage*));
    private GCHandle _signal;
    private int _next;
    private int _count;

    internal FetchedRecords(ReaderClient client, nint topic, string topicName, TopicPartition partition, long offset, ReadSignal signal)
    {
        (_client, _topic, _partition) = (client, topic, partition);
        _topicName = (byte*)Marshal.StringToCoTaskMemUTF8(topicName);
        _signal = GCHandle.Alloc(signal);
        _queue = Rd.QueueNew(client.Handle);
        Rd.QueueOnData(_queue, &ReadSignal.OnData, GCHandle.ToIntPtr(_signal));
        if (Rd.ConsumeStart(topic, partition.Partition, offset, _queue) != 0)
            throw new InvalidOperationException($"{partition}: librdkafka does not start to read ({Rd.Text(Rd.LastError())}).");
    }

    internal ReaderClient Client => _client;

    /// <summary>The next message or event, null when nothing has been fetched. Stays the next one until <see cref="Drop"/>.</summary>
    internal RdMessage* Peek()
    {
        if (_next == _count)
        {
            _next = 0;
            _count = Math.Max(0, (int)Rd.ConsumeBatch(_queue, 0, _batch, BatchSize));
            if (_count == 0)
                return null;
        }
        return _batch[_next];
    }

    internal void Drop() => Rd.MessageDestroy(_batch[_next++]);

    /// <summary>Everything fetched so far is forgotten; the next message is the one at the offset.</summary>
    internal void Seek(long offset)
    {
        DropAll();
        // Without waiting: from here on librdkafka passes over what was fetched before.
        var error = Rd.Seek(_topic, _partition.Partition, offset, 0);
        if (error != 0)
            throw new InvalidOperationException($"{_partition}: librdkafka does not seek ({Rd.Text(error)}).");
    }

    /// <summary>The end of the partition, committed or not, as the newest fetch told it; -1 when none did.</summary>
    internal long HighWatermark()
    {
        long low, high;
        return Rd.Watermarks(_client.Handle, _topicName, _partition.Partition, &low, &high) == 0 ? high : -1;
    }

    public void Dispose()
    {
        Rd.QueueOnData(_queue, null, nint.Zero);
        DropAll();
        _ = Rd.ConsumeStop(_topic, _partition.Partition);
        Rd.QueueDestroy(_queue);
        _signal.Free();
        NativeMemory.Free(_batch);
        Marshal.FreeCoTaskMem((nint)_topicName);
    }

    private void DropAll()
    {
        while (_next < _count)
            Drop();
    }
}
