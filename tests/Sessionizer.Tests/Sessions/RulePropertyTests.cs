using System.Collections.Concurrent;

namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class RulePropertyTests
{
    private const int Runs = 24_000;

    [Fact]
    public void RandomRuns_AtEveryCommitPoint_NetToTheOraclesSessions()
    {
        var failures = new ConcurrentQueue<string>();
        Parallel.For(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            try
            {
                new RuleRun(seed).Go();
            }
            catch (Exception failure)
            {
                failures.Enqueue($"seed {seed}: {failure.Message}\n{failure.StackTrace}");
                loop.Stop();
            }
        });
        Assert.True(failures.IsEmpty, failures.FirstOrDefault());
    }
}
