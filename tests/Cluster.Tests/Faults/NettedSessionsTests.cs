using System.Text;
using Tidemark.Contracts.Sessions;
using Tidemark.LoadTests.Scenarios;

namespace Tidemark.Cluster.Tests.Faults;

public sealed class NettedSessionsTests
{
    private readonly NettedSessions _sessions = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Take_ACorrection_LeavesTheNewVersion()
    {
        Assert.Null(_sessions.Take(Row(id: 1, version: 1, sign: 1, start: 10_000, end: 11_000)));
        Assert.Null(_sessions.Take(Row(1, 1, -1, 10_000, 11_000)));
        Assert.Null(_sessions.Take(Row(1, 2, 1, 10_000, 12_000)));
        Assert.Equal(["1|2|v|10000|12000|3|0"], _sessions.Lines());
        Assert.Equal(1, _sessions.Retractions);
    }

    [Fact]
    public void Take_TheSameRowTwice_IsWrong()
    {
        Assert.Null(_sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
        Assert.Contains("a second time", _sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
    }

    [Fact]
    public void Take_ARowThatWasTakenBackAgain_IsWrong()
    {
        Assert.Null(_sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
        Assert.Null(_sessions.Take(Row(1, 1, -1, 10_000, 11_000)));
        Assert.Contains("a second time", _sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
    }

    [Fact]
    public void Take_ARetractionOfNothing_IsWrong() => Assert.Contains("was not there", _sessions.Take(Row(1, 1, -1, 10_000, 11_000)));

    [Fact]
    public void Take_ARetractionThatDiffers_IsWrong()
    {
        Assert.Null(_sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
        Assert.Contains("otherwise", _sessions.Take(Row(1, 1, -1, 10_000, 11_001)));
    }

    [Theory]
    [InlineData(13_000, false)]
    [InlineData(13_001, true)]
    public void Take_ASecondSessionOfTheVisitor_MustBeMoreThanTheGapAway(long start, bool isRight)
    {
        Assert.Null(_sessions.Take(Row(1, 1, 1, 10_000, 11_000)));
        Assert.Equal(isRight, _sessions.Take(Row(2, 1, 1, start, start)) is null);
    }

    private static byte[] Row(long id, int version, int sign, long start, long end)
    {
        var row = new SessionFields
        {
            Project = "local"u8,
            VisitorId = Encoding.UTF8.GetBytes("v"),
            SessionId = id,
            Version = version,
            Sign = sign,
            StartedAt = start,
            EndedAt = end,
            Events = 3,
        };
        var buffer = new byte[row.MaxLength];
        return buffer[..row.Encode(buffer)];
    }
}
