using System.Text;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

/// <summary>What an event keeps of the user agents that sites see.</summary>
public sealed class KindTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0", "desktop|Edge|Windows|False")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:125.0) Gecko/20100101 Firefox/125.0", "desktop|Firefox|Mac OS X|False")]
    [InlineData("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "desktop|Firefox|Ubuntu|False")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", "desktop|Chrome|Chrome OS|False")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 2.0.50727; Tablet PC 2.0)", "desktop|IE|Windows|False")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", "mobile|Mobile Safari|iOS|False")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36", "mobile|Chrome Mobile|Android|False")]
    [InlineData("Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/115.0 Firefox/115.0", "mobile|Firefox Mobile|Android|False")]
    [InlineData("Dalvik/2.1.0 (Linux; U; Android 13; SM-G991B Build/TP1A.220624.014)", "mobile|Android|Android|False")]
    [InlineData("Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", "tablet|Chrome|Android|False")]
    [InlineData("Mozilla/5.0 (Android 13; Tablet; rv:109.0) Gecko/115.0 Firefox/115.0", "tablet|Firefox Mobile|Android|False")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", "tablet|Mobile Safari|iOS|False")]
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 2.4.0) AppleWebkit/538.1 (KHTML, like Gecko) SamsungBrowser/1.1 TV Safari/538.1", "|Samsung Internet|Tizen|False")]
    [InlineData("Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", "|Safari||False")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "bot|GPTBot||True")]
    [InlineData("curl/8.5.0", "bot|curl||True")]
    public void Reduce_UserAgent_SaysKindAndFamilies(string agent, string expected) => Assert.Equal(expected, Reduced.Text(Encoding.UTF8.GetBytes(agent)));

    [Fact]
    public void Reduce_EveryRobotOfTheDataSet_IsABot()
    {
        var robots = Samples.Robots();
        Assert.InRange(robots.Count, 2000, 10_000);
        Assert.DoesNotContain(robots, robot => !AgentCatalog.Shared.Reduce(Encoding.UTF8.GetBytes(robot)).Bot);
    }
}
