using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Writing;

/// <summary>
/// A request on its way to the brokers; awaited by its caller. The records were copied when it was produced, so a caller that is cancelled may go at once; the object
/// is used again when both the caller and the last delivery report are through with it.
/// </summary>
internal sealed class PendingAppend : IValueTaskSource, IThreadPoolWorkItem
{
    private readonly Action<PendingAppend> _giveBack;
    private GCHandle _self;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private AppendRequest? _request;
    private long[] _firstOffsets = [];
    private Action<PendingAppend>? _finished;
    private Exception? _outcome;
    private int _left;
    private int _error;
    private int _decided;
    private int _holders;

    internal PendingAppend(Action<PendingAppend> giveBack)
    {
        _giveBack = giveBack;
        // For as long as the object lives: it is pooled.
        _self = GCHandle.Alloc(this);
    }

    /// <summary>What every message of the request carries, so that its delivery report finds here.</summary>
    internal nint Opaque => GCHandle.ToIntPtr(_self);

    internal ValueTask Task => new(this, _core.Version);

    internal int Records { get; private set; }

    internal long Bytes { get; private set; }

    internal long Started { get; private set; }

    internal int Error => Volatile.Read(ref _error);

    internal void Begin(AppendRequest request, long bytes, long started, Action<PendingAppend> finished, CancellationToken cancellation)
    {
        _core.Reset();
        _request = request;
        (Records, Bytes, Started) = (request.Count, bytes, started);
        if (_firstOffsets.Length < request.PartitionCount)
            _firstOffsets = new long[request.PartitionCount];
        Array.Fill(_firstOffsets, long.MaxValue);
        _finished = finished;
        _outcome = null;
        _error = 0;
        _decided = 0;
        _holders = 2;
        // One more than the records, until all are produced.
        _left = request.Count + 1;
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static append => ((PendingAppend)append!).OnCancelled(), this);
    }

    /// <summary>The object is not used again.</summary>
    internal void Free() => _self.Free();

    internal static PendingAppend Of(nint opaque) => (PendingAppend)GCHandle.FromIntPtr(opaque).Target!;

    /// <summary>On the producer's poll thread.</summary>
    internal void Delivered(int partition, long offset, int error)
    {
        if (error != 0)
            Interlocked.CompareExchange(ref _error, error, 0);
        else if (offset >= 0 && offset < _firstOffsets[partition])
            _firstOffsets[partition] = offset;
        Settle(1);
    }

    /// <summary>So many records were not taken by the producer.</summary>
    internal void NotProduced(int records, int error)
    {
        Interlocked.CompareExchange(ref _error, error, 0);
        Settle(records);
    }

    /// <summary>The caller has handed everything over.</summary>
    internal void Produced() => Settle(1);

    void IThreadPoolWorkItem.Execute()
    {
        if (_outcome is not null)
        {
            _core.SetException(_outcome);
            return;
        }
        for (var i = 0; i < _request!.PartitionCount; i++)
        {
            if (_request.Records(i).Count > 0)
                _request.SetBaseOffset(i, _firstOffsets[i] == long.MaxValue ? -1 : _firstOffsets[i]);
        }
        _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Settle(int records)
    {
        if (Interlocked.Add(ref _left, -records) != 0)
            return;
        _finished!(this);
        if (Interlocked.CompareExchange(ref _decided, 1, 0) == 0)
        {
            if (_error != 0)
                _outcome = AppendErrors.For(_error);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        Release();
    }

    private void OnCancelled()
    {
        if (Interlocked.CompareExchange(ref _decided, 1, 0) != 0)
            return;
        _outcome = new OperationCanceledException(_cancellation);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return;
        _request = null;
        _giveBack(this);
    }
}
