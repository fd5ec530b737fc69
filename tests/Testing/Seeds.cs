using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Tidemark.Testing;

/// <summary>
/// The seeds of random tests. Some are the same at every run, so that a change that breaks them shows at once; the others are new at every run, so that runs go on looking.
/// A failure names its seed, and a run the first of its new ones. TIDEMARK_TEST_SEED=N runs N alone.
/// </summary>
public static class Seeds
{
    /// <summary>Names the one seed to run.</summary>
    public const string Variable = "TIDEMARK_TEST_SEED";

    /// <summary>The first of the run's new seeds, which whoever starts the tests has chosen and tells.</summary>
    public const string RunVariable = "TIDEMARK_TEST_RUN_SEED";

    /// <summary>New seeds begin here; those below are the ones that never change.</summary>
    private const int FirstNew = 1_000_000;

    /// <summary>The one that <see cref="Variable"/> names; null when none is named.</summary>
    private static int? Named { get; } = Number(Variable);

    /// <summary>The first of this run's new seeds; the others follow it.</summary>
    public static int FirstOfRun { get; } = Named ?? Number(RunVariable) ?? Random.Shared.Next(FirstNew, int.MaxValue / 2);

    /// <summary>Seeds 0, 1, … that never change, then new ones; or the one that is named.</summary>
    /// <param name="unchanging">How many never change.</param>
    /// <param name="fresh">How many are new.</param>
    public static IReadOnlyList<int> Take(int unchanging, int fresh) =>
        Named is { } named ? [named] : [.. Enumerable.Range(0, unchanging), .. Enumerable.Range(FirstOfRun, fresh)];

    /// <summary>Runs a test by each seed, one after the other.</summary>
    public static void Each(int unchanging, int fresh, Action<int> run)
    {
        foreach (var seed in Take(unchanging, fresh))
            Run(seed, run);
    }

    /// <inheritdoc cref="Each(int, int, Action{int})"/>
    public static async Task EachAsync(int unchanging, int fresh, Func<int, Task> run)
    {
        foreach (var seed in Take(unchanging, fresh))
        {
            try
            {
                await run(seed);
            }
            catch (Exception failure) when (!IsSkip(failure))
            {
                throw Failed(seed, failure);
            }
        }
    }

    /// <summary>Runs a test that uses nothing but its seed, two seeds at a time. Stops at the first failure.</summary>
    public static void EachOfMany(int unchanging, int fresh, Action<int> run)
    {
        var failures = new ConcurrentQueue<Exception>();
        Parallel.ForEach(Take(unchanging, fresh), new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            try
            {
                Run(seed, run);
            }
            catch (SeedFailedException failure)
            {
                failures.Enqueue(failure);
                loop.Stop();
            }
        });
        if (failures.TryDequeue(out var first))
            ExceptionDispatchInfo.Throw(first);
    }

    private static void Run(int seed, Action<int> run)
    {
        try
        {
            run(seed);
        }
        catch (Exception failure) when (!IsSkip(failure))
        {
            throw Failed(seed, failure);
        }
    }

    private static SeedFailedException Failed(int seed, Exception failure) => new($"seed {seed} ({Variable}={seed} repeats it): {failure.Message}", failure);

    private static bool IsSkip(Exception failure) => failure.GetType().Name == "SkipException";

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : throw new InvalidOperationException($"{variable} is {text}, which is not a number from 0 to {int.MaxValue}")
        : null;
}

/// <summary>A test that failed with one seed.</summary>
public sealed class SeedFailedException(string message, Exception failure) : Exception(message, failure);
