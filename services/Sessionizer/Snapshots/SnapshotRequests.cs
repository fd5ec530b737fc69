namespace Tidemark.Sessionizer.Snapshots;

/// <summary>Between the loop of a partition, which takes snapshots, and <c>LogTrim</c>, which waits for them and may want one. For any thread.</summary>
internal sealed class SnapshotRequests
{
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOpen;

    /// <summary>A snapshot is wanted that has not been begun.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>A snapshot is wanted with the next commit, whatever a recovery would cost.</summary>
    public void Ask() => _isOpen = true;

    /// <summary>One was begun.</summary>
    public void Begun() => _isOpen = false;

    /// <summary>One is whole and in the log.</summary>
    public void Taken() => Interlocked.Exchange(ref _taken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Returns when the next snapshot was taken, or after that time.</summary>
    public async Task WhenTakenAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await Volatile.Read(ref _taken).Task.WaitAsync(atMost, time, cancellation);
        }
        catch (TimeoutException)
        {
            // None was.
        }
    }
}
