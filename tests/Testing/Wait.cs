using System.Diagnostics;

namespace Tidemark.Testing;

/// <summary>Waits for something that comes by itself. Every wait has a limit, and says what it waited for when that has passed.</summary>
public static class Wait
{
    /// <summary>For a machine that has much else to do. A wait that runs into it is a failure; nothing here is about speed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What is waited for, as a noun: "the second session".</param>
    /// <param name="limit">Null for <see cref="Limit"/>.</param>
    /// <param name="pause">Between two questions; null for 50 ms.</param>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null, TimeSpan? pause = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, limit, pause);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string, TimeSpan?, TimeSpan?)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null, TimeSpan? pause = null) =>
        await ForAsync(condition, static isThere => isThere, () => what, limit, pause);

    /// <summary>Asks until the answer is the expected one.</summary>
    /// <exception cref="TimeoutException">It never was; the last answer is in the message.</exception>
    public static Task<string> ForAsync(Func<Task<string>> ask, string expected, string what, TimeSpan? limit = null, TimeSpan? pause = null) =>
        ForAsync(ask, answer => answer == expected, () => $"{what}\nexpected {expected}", limit, pause);

    /// <summary>Asks until the answer will do, and returns it.</summary>
    /// <param name="ask">Asked again and again.</param>
    /// <param name="isIt">Whether the answer will do.</param>
    /// <param name="what">What is waited for; asked when it did not come.</param>
    /// <param name="limit">Null for <see cref="Limit"/>.</param>
    /// <param name="pause">Between two questions; null for 50 ms.</param>
    /// <exception cref="TimeoutException">None did; the last answer is in the message.</exception>
    public static async Task<T> ForAsync<T>(Func<Task<T>> ask, Func<T, bool> isIt, Func<string> what, TimeSpan? limit = null, TimeSpan? pause = null)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(pause ?? _pause))
        {
            // The last question is asked after the limit, so that a pause of the whole machine is no failure.
            var isLast = clock.Elapsed > (limit ?? Limit);
            var answer = await ask();
            if (isIt(answer))
                return answer;
            if (isLast)
                throw new TimeoutException($"not within {(limit ?? Limit).TotalSeconds} s: {what()}{(answer is bool ? "" : $"\nlast     {answer}")}");
        }
    }
}
