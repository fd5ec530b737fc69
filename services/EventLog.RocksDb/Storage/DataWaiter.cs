using System.Threading.Tasks.Sources;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// A reader's wait for data, reused for all its waits. Data, timeout and cancellation race for <c>_waiting</c>; the winner completes the wait, on a pool thread.
/// </summary>
internal sealed class DataWaiter : IValueTaskSource<bool>, IThreadPoolWorkItem, IDisposable
{
    private readonly Partition _partition;
    private readonly Timer _timer;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private long _deadline;
    private Outcome _outcome;
    private int _waiting;

    internal DataWaiter(Partition partition)
    {
        _partition = partition;
        // The real clock on purpose: this is patience, not time of the data, and must not depend on a clock that a test holds still.
        _timer = new Timer(static waiter => ((DataWaiter)waiter!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
    }

    private enum Outcome
    {
        Data,
        Timeout,
        Cancelled,
    }

    /// <summary>True: look again. False: the time is over. The deadline is one of <see cref="Environment.TickCount64"/>.</summary>
    internal ValueTask<bool> WaitAsync(long seenEnd, long deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var left = deadline - Environment.TickCount64;
        if (left <= 0)
            return new ValueTask<bool>(false);

        _core.Reset();
        _cancellation = cancellation;
        Volatile.Write(ref _deadline, deadline);
        _registration = cancellation.UnsafeRegister(static waiter => ((DataWaiter)waiter!).TryComplete(Outcome.Cancelled), this);
        Volatile.Write(ref _waiting, 1);
        if (!_partition.Data.TryRegister(this, _partition, seenEnd))
        {
            if (Interlocked.CompareExchange(ref _waiting, 0, 1) != 1)
                return new ValueTask<bool>(this, _core.Version);
            _registration.Dispose();
            return new ValueTask<bool>(true);
        }
        if (deadline != long.MaxValue)
            _timer.Change(Math.Min(left, int.MaxValue), Timeout.Infinite);
        // The token may have fired before the wait could be cancelled.
        if (cancellation.IsCancellationRequested)
            TryComplete(Outcome.Cancelled);
        return new ValueTask<bool>(this, _core.Version);
    }

    internal void Wake() => TryComplete(Outcome.Data);

    void IThreadPoolWorkItem.Execute()
    {
        _registration.Dispose();
        if (_outcome != Outcome.Data)
            _partition.Data.Remove(this);
        if (_outcome == Outcome.Cancelled)
            _core.SetException(new OperationCanceledException(_cancellation));
        else
            _core.SetResult(_outcome == Outcome.Data);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        // The callback of an earlier wait may come late, and timers may come a little early: neither must end this wait, or leave it without a timer.
        var left = Volatile.Read(ref _deadline) - Environment.TickCount64;
        if (left <= 0)
            TryComplete(Outcome.Timeout);
        else if (Volatile.Read(ref _waiting) == 1)
            _timer.Change(Math.Min(left, int.MaxValue), Timeout.Infinite);
    }

    private void TryComplete(Outcome outcome)
    {
        if (Interlocked.CompareExchange(ref _waiting, 0, 1) != 1)
            return;
        _outcome = outcome;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
