namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class RulePropertyTests
{
    [Fact]
    public void RandomRuns_AtEveryCommitPoint_NetToTheOraclesSessions() => Seeds.EachOfMany(unchanging: 16_000, fresh: 8_000, static seed => new RuleRun(seed).Go());
}
