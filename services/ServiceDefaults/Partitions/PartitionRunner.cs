using Tidemark.EventLog;
using Tidemark.Resilience;

namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// An owned partition from when it is given until it is let go of: recover, then run; after a failure what <see cref="FailureLadder"/> or the service says, with pauses that grow until
/// something has succeeded.
/// </summary>
public sealed class PartitionRunner(IEventLog log, IPartitionOwnership ownership, IPartitionWork work, PartitionStatus status, Backoff backoff, TimeProvider time)
{
    private int _failures;
    private long? _advancesBefore;
    private PartitionFailure _failure;

    /// <summary>From a moment that nobody notices to what is soon enough for whoever mended something.</summary>
    public static Backoff Pauses(Random? jitter) => new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), jitter);

    /// <summary>Returns when the partition is let go of; one that is stopped is kept until then, and what waits in it is measured.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (await RunUntilStoppedAsync(stop))
            return;
        do
            await MeasureAsync(stop);
        while (await PauseAsync(backoff.Longest, stop));
    }

    /// <summary>True when the partition was let go of; false when it is stopped and an operator must act.</summary>
    public async Task<bool> RunUntilStoppedAsync(CancellationToken stop)
    {
        var again = RetryForever.Pipeline(time, failure => Judge(failure, stop), _ => backoff.Jittered(_failure.Pause), _ => FailedAsync(stop));
        try
        {
            await again.ExecuteAsync(RecoverAndRunAsync, stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception failed) when (ReferenceEquals(failed, _failure.Exception))
        {
            if (_failure.Then == AfterFailure.Stop)
                status.Stop(failed.Message);
            work.Failed(_failure);
            return _failure.Then == AfterFailure.LetGo;
        }
    }

    private async ValueTask RecoverAndRunAsync(CancellationToken stop)
    {
        _advancesBefore = null;
        // Until something is read nobody can say what waits.
        status.Oldest.Some();
        using var run = await work.RecoverAsync(stop);
        status.Runs();
        // Not before: a recovery that succeeds each time must not hide that nothing else does.
        _advancesBefore = status.Advances;
        await run.RunAsync(stop);
    }

    /// <summary>True when it runs again.</summary>
    private bool Judge(Exception failure, CancellationToken stop)
    {
        if (failure is OperationCanceledException && stop.IsCancellationRequested)
            return false;
        if ((work.Judge(failure) ?? FailureLadder.Of(failure)) is not { } then)
            return false;
        if (_advancesBefore is { } before && before != status.Advances)
            (_failures, _failure) = (0, default);
        var first = _failure.Exception is null || _failure.Then != then;
        var pause = then is AfterFailure.RollBack or AfterFailure.Wait ? backoff.After(_failures++) : TimeSpan.Zero;
        _failure = new PartitionFailure(failure, then, first, pause);
        return then is AfterFailure.GoOn or AfterFailure.RollBack or AfterFailure.Wait;
    }

    private async ValueTask FailedAsync(CancellationToken stop)
    {
        status.Recovers();
        work.Failed(_failure);
        if (_failure.Then != AfterFailure.GoOn)
            await MeasureAsync(stop);
    }

    /// <summary>What waits while nobody reads the partition; where the log does not say, what was known last stays.</summary>
    private async ValueTask MeasureAsync(CancellationToken stop)
    {
        status.Oldest.Some();
        try
        {
            var range = await log.RangeAsync(ownership.Partition, stop);
            status.At(Math.Max(range.Start, work.Position), range.End);
        }
        catch (Exception failed) when (failed is LogException or OperationCanceledException)
        {
            // The age grows by the clock.
        }
    }

    /// <summary>False when the partition has to be let go of.</summary>
    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
