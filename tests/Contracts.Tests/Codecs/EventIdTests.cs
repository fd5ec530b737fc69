using System.IO.Hashing;
using System.Text;
using Tidemark.Contracts.Events;

namespace Tidemark.Contracts.Tests.Codecs;

public sealed class EventIdTests
{
    [Theory]
    [InlineData("shop", "v", "m", "shop:1:v:m")]
    [InlineData("shop", "é", "m", "shop:2:é:m")]
    [InlineData("shop", "1:v", "m", "shop:3:1:v:m")]
    [InlineData("", "", "", ":0::")]
    public void OfMessage_IsTheHashThatSqlComputes(string project, string visitor, string message, string hashed) =>
        Assert.Equal((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(hashed)), Id(project, visitor, message));

    [Fact]
    public void OfMessage_LongParts_AreHashedWhole()
    {
        var visitor = new string('v', 5000);
        Assert.Equal((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"p:5000:{visitor}:m")), Id("p", visitor, "m"));
    }

    [Fact]
    public void OfMessage_PartsThatReadTheSameTogether_Differ()
    {
        Assert.NotEqual(Id("p", "a:1:b", "c"), Id("p", "a", "1:b:c"));
        Assert.NotEqual(Id("p", "a", "b"), Id("p", "ab", ""));
    }

    private static long Id(string project, string visitor, string message) =>
        EventIds.OfMessage(Encoding.UTF8.GetBytes(project), Encoding.UTF8.GetBytes(visitor), Encoding.UTF8.GetBytes(message));
}
