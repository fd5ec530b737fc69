using Polly;
using Polly.Retry;

namespace Tidemark.Resilience;

/// <summary>Polly's retry without a last attempt. Without telemetry: who retries says so in its own words, once.</summary>
public static class RetryForever
{
    /// <summary>Repeats an action until it succeeds, is cancelled or fails for a reason that does not pass.</summary>
    /// <param name="backoff">The pauses between attempts.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="passes">Whether a failure may pass; any other ends the execution.</param>
    /// <param name="failed">Hears of a failure that may pass, before the pause.</param>
    public static ResiliencePipeline Pipeline(Backoff backoff, TimeProvider time, Func<Exception, bool> passes, Action<Exception>? failed = null) =>
        Pipeline(
            time,
            passes,
            attempt => backoff.Jittered(backoff.After(attempt)),
            exception =>
            {
                failed?.Invoke(exception);
                return ValueTask.CompletedTask;
            });

    /// <summary>The same where the pauses do not follow from the number of attempts alone.</summary>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="passes">Asked first, of each failure.</param>
    /// <param name="pause">Asked second, with the attempts before the one that failed: how long to wait.</param>
    /// <param name="failed">Called last; the pause begins when it is done.</param>
    public static ResiliencePipeline Pipeline(TimeProvider time, Func<Exception, bool> passes, Func<int, TimeSpan> pause, Func<Exception, ValueTask> failed) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } exception && passes(exception)),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(pause(args.AttemptNumber)),
                OnRetry = args => failed(args.Outcome.Exception!),
            })
            .Build();
}
