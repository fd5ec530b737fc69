namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class RulePropertyTests
{
    private const int Runs = 24_000;

    [Fact]
    public void RandomRuns_AtEveryCommitPoint_NetToTheOraclesSessions()
    {
        Parallel.For(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            try
            {
                new RuleRun(seed).Go();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}: {failure.Message}", failure);
            }
        });
    }
}
