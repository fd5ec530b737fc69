using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>
/// A reader's wait for its queue of fetched records, without a thread that blocks. librdkafka raises it when the empty queue gets something; data, timeout and
/// cancellation race for <c>_state</c>, and the winner completes the wait on a pool thread.
/// </summary>
internal sealed class ReadSignal : IValueTaskSource<bool>, IThreadPoolWorkItem, IDisposable
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Raised = 2;
    private readonly Timer _timer;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private Outcome _outcome;
    private long _deadline;
    private int _state;

    internal ReadSignal()
    {
        // The real clock on purpose: this is patience, not time of the data, and must not depend on a clock that a test holds still.
        _timer = new Timer(static signal => ((ReadSignal)signal!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
    }

    private enum Outcome
    {
        Data,
        Timeout,
        Cancelled,
    }

    /// <summary>What was raised before this does not count; call it before looking at the queue.</summary>
    internal void Reset() => Interlocked.Exchange(ref _state, Idle);

    internal void Raise()
    {
        if (Interlocked.Exchange(ref _state, Raised) == Waiting)
            Complete(Outcome.Data);
    }

    /// <summary>True: look again. False: the time is over. The deadline is one of <see cref="Environment.TickCount64"/>.</summary>
    internal ValueTask<bool> WaitAsync(long deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var left = deadline - Environment.TickCount64;
        if (left <= 0)
            return new ValueTask<bool>(false);
        _core.Reset();
        _cancellation = cancellation;
        Volatile.Write(ref _deadline, deadline);
        _registration = cancellation.UnsafeRegister(static signal => ((ReadSignal)signal!).TryComplete(Outcome.Cancelled), this);
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) != Idle)
        {
            _registration.Dispose();
            return new ValueTask<bool>(true);
        }
        _timer.Change(Math.Min(left, int.MaxValue), Timeout.Infinite);
        // The token may have fired before the wait could be cancelled.
        if (cancellation.IsCancellationRequested)
            TryComplete(Outcome.Cancelled);
        return new ValueTask<bool>(this, _core.Version);
    }

    void IThreadPoolWorkItem.Execute()
    {
        _registration.Dispose();
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

    /// <summary>On one of librdkafka's threads, which holds the queue's lock.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void OnData(nint client, nint opaque) => ((ReadSignal)GCHandle.FromIntPtr(opaque).Target!).Raise();

    private void OnTimer()
    {
        // The callback of an earlier wait may come late, and timers may come a little early: neither must end this wait, or leave it without a timer.
        var left = Volatile.Read(ref _deadline) - Environment.TickCount64;
        if (left <= 0)
            TryComplete(Outcome.Timeout);
        else if (Volatile.Read(ref _state) == Waiting)
            _timer.Change(Math.Min(left, int.MaxValue), Timeout.Infinite);
    }

    private void TryComplete(Outcome outcome)
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
            Complete(outcome);
    }

    private void Complete(Outcome outcome)
    {
        _outcome = outcome;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
