using System.Text;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

public sealed class NastyAgentTests
{
    private const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";

    [Fact]
    public void Reduce_WhatSaysNothing_IsUnknown()
    {
        foreach (var agent in new[] { "", " ", "\0", "\n", "null", "\uFFFD", new string('x', 8 << 10) })
            Assert.Equal("|||False", Reduced.Text(Encoding.UTF8.GetBytes(agent)));
    }

    [Fact]
    public void Reduce_AnyBytes_IsAnAnswer() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var agent = new byte[random.Next(8 << 10)];
            random.NextBytes(agent);
            if (round % 2 == 0 && agent.Length > Chrome.Length)
                Encoding.ASCII.GetBytes(Chrome, agent);
            var families = AgentCatalog.Shared.Reduce(agent);
            Assert.True(families is { Device: not null, Browser: not null, Os: not null }, $"seed {seed}");
        }
    });

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("😀")]
    public void Reduce_ALongTail_IsPassedOver(string character)
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var agent = Chrome + new string(' ', shift) + string.Concat(Enumerable.Repeat(character, 4 << 10));
            Assert.Equal("desktop|Chrome|Windows|False", Reduced.Text(Encoding.UTF8.GetBytes(agent)));
            Assert.Equal("desktop|Chrome|Windows|False", Reduced.Text(Encoding.UTF8.GetBytes(agent + " Googlebot/2.1")));
        }
    }

    [Fact]
    public void Reduce_AFamilyFromTheAgentItself_IsCutWhereTheAgentSaysIt() =>
        Assert.Equal("|Überblick|iOS|False", Reduced.Text(Encoding.UTF8.GetBytes("Überblick/3.1 CFNetwork/1410.0.3 Darwin/22.6.0")));

    /// <summary>Backtracking grows with powers of the length: what the longest made-up agents cost is bounded by <see cref="AgentText.MaxBytes"/>.</summary>
    [Theory]
    [InlineData("HTC ")]
    [InlineData("jbot")]
    [InlineData("/spider-")]
    [InlineData("(iPhone; CPU ")]
    [InlineData("; Windows Phone 8; IEMobile/9;")]
    [InlineData("HbbTV/1.1.1 (;")]
    public void Reduce_WhatIsMadeToBacktrack_IsAnAnswer(string part)
    {
        var agent = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 2000)));
        Assert.Equal(Reduced.Text(agent.AsSpan(0, AgentText.MaxBytes)), Reduced.Text(agent));
    }
}
