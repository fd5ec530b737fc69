using System.Threading.Tasks.Sources;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>
/// One thing waiting for the commit thread; awaited by its caller. States:
/// <code>
/// Queued -> Staging -> Staged -> Done
///    \                   \
///     -> Cancelled        -> Cancelled     (only what may be abandoned with unknown outcome)
/// </code>
/// While Staging, the commit thread reads the caller's memory and cancellation has to wait; before and after it, a cancelled caller may free that memory at once.
/// </summary>
internal abstract class PendingWrite : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Queued = 0;
    private const int Staging = 1;
    private const int Staged = 2;
    private const int Done = 3;
    private const int Cancelled = 4;

    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private Exception? _error;
    private int _state;
    private int _cancelAsked;

    /// <summary>Bytes that count against the limits of queue and commit.</summary>
    internal long Bytes { get; private set; }

    /// <summary>False where the caller has to learn the outcome once writing has begun (transactions).</summary>
    protected virtual bool MayAbandon => true;

    /// <summary>Puts this write's content into the commit. Throws a <see cref="LogException"/> to fail alone, before anything was added.</summary>
    internal abstract void Stage(Commit commit);

    /// <summary>The commit is durable: takes effect in memory, on the commit thread, before its records become visible. Runs for abandoned writes too.</summary>
    internal virtual void Publish()
    {
    }

    /// <summary>The caller is about to be told; its memory may be written to.</summary>
    protected virtual void Hand()
    {
    }

    /// <summary>Runs when the caller has taken a result that was not cancelled: the object may be used again.</summary>
    protected virtual void Recycle()
    {
    }

    internal ValueTask Task => new(this, _core.Version);

    internal void Begin(long bytes, CancellationToken cancellation)
    {
        _core.Reset();
        _error = null;
        _cancelAsked = 0;
        _state = Queued;
        Bytes = bytes;
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static write => ((PendingWrite)write!).OnCancelled(), this);
    }

    /// <summary>False when the caller has gone.</summary>
    internal bool TryBeginStaging() => Interlocked.CompareExchange(ref _state, Staging, Queued) == Queued;

    internal void EndStaging()
    {
        Interlocked.Exchange(ref _state, Staged);
        if (Volatile.Read(ref _cancelAsked) != 0 && MayAbandon)
            TryCancel(Staged);
    }

    /// <summary>Commit thread: the commit is durable. The object must not be touched afterwards.</summary>
    internal void Succeed()
    {
        if (Interlocked.CompareExchange(ref _state, Done, Staged) != Staged)
            return;
        Hand();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Commit thread, or the caller's when it was not queued. The object must not be touched afterwards.</summary>
    internal void Fail(Exception error)
    {
        int before;
        do
        {
            before = Volatile.Read(ref _state);
            if (before == Cancelled)
                return;
        }
        while (Interlocked.CompareExchange(ref _state, Done, before) != before);
        _error = error;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_error is null)
            _core.SetResult(true);
        else
            _core.SetException(_error);
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
            if (Volatile.Read(ref _state) == Done)
                Recycle();
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnCancelled()
    {
        Volatile.Write(ref _cancelAsked, 1);
        Interlocked.MemoryBarrier();
        if (!TryCancel(Queued) && MayAbandon)
            TryCancel(Staged);
    }

    private bool TryCancel(int from)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, from) != from)
            return false;
        _error = new OperationCanceledException(_cancellation);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }
}
