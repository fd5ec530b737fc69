namespace Tidemark.Resilience;

/// <summary>
/// How long whatever failed is left alone before it is tried again: the one place with first pause, growth, longest pause and jitter.
/// </summary>
/// <param name="First">Pause after the first failure in a row; it doubles with each that follows.</param>
/// <param name="Longest">Pauses grow no further than this.</param>
/// <param name="Jitter">
/// Makes a pause up to a quarter shorter or longer, evenly, so that those that failed together do not ask together again. Not Polly's own exponential jitter: that may come close to no pause at
/// all, time and again. Asked by several threads at once; null: none.
/// </param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest, Random? Jitter = null)
{
    private const double Spread = 0.25;

    /// <summary>The pause after a failure, without jitter.</summary>
    /// <param name="failures">Failures in a row before this one: 0 for the first.</param>
    public TimeSpan After(int failures) => TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, failures), Longest.Ticks));

    /// <summary>The pause with jitter; this is the one to wait.</summary>
    public TimeSpan Jittered(TimeSpan pause) => Jitter is null ? pause : pause * (1 - Spread + 2 * Spread * Jitter.NextDouble());
}
