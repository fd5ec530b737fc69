using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

public sealed class UserAgentCacheTests
{
    private static readonly byte[] _firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"u8.ToArray();

    [Fact]
    public void Of_KnownAgent_AllocatesNothing()
    {
        var cache = new UserAgentCache(new FakeTimeProvider(), AgentCatalog.Shared.Reduce);
        var families = cache.Of(_firefox);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            families = cache.Of(_firefox);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal("desktop|Firefox|Linux|False", Reduced.Text(families));
    }

    [Fact]
    public void Of_EverNewAgents_RemembersNoMoreThanItsEntries()
    {
        var cache = new UserAgentCache(new FakeTimeProvider(), AgentCatalog.Shared.Reduce);
        for (var i = 0; i < UserAgentCache.Entries * 3 / 2; i++)
            cache.Of(Encoding.ASCII.GetBytes($"App{i}"));
        Assert.InRange(cache.Count, UserAgentCache.Entries / 2, UserAgentCache.Entries);
        Assert.Equal("desktop|Firefox|Linux|False", Reduced.Text(cache.Of(_firefox)));
        Assert.Equal(0, cache.Unread);
    }

    [Fact]
    public void Of_AgentsThatDifferBehindTheLimit_IsOneEntry()
    {
        var cache = new UserAgentCache(new FakeTimeProvider(), AgentCatalog.Shared.Reduce);
        for (var i = 0; i < 100; i++)
            cache.Of(Encoding.ASCII.GetBytes(new string('x', AgentText.MaxBytes) + i));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Of_NewAgentsThatTookTooLong_SaysNothingUntilTimeHasPassed()
    {
        var time = new FakeTimeProvider();
        var cache = new UserAgentCache(time, agent =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return AgentCatalog.Shared.Reduce(agent);
        });
        cache.Of(_firefox);
        var i = 0;
        while (cache.Unread == 0 && i < 100)
            cache.Of(Encoding.ASCII.GetBytes($"curl/{++i}"));
        // Five seconds at once, of which a quarter comes back while they pass.
        Assert.Equal((1, 7), (cache.Unread, i));
        Assert.Equal("desktop|Firefox|Linux|False", Reduced.Text(cache.Of(_firefox)));

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("bot|curl||True", Reduced.Text(cache.Of(Encoding.ASCII.GetBytes($"curl/{i}"))));
    }

    [Fact]
    public async Task Of_ManyThreads_AgreesWithOne()
    {
        var cache = new UserAgentCache(new FakeTimeProvider(), AgentCatalog.Shared.Reduce);
        var agents = Samples.Robots().Take(200).Select(Encoding.UTF8.GetBytes).ToList();
        var expected = agents.ConvertAll(agent => Reduced.Text(agent));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < agents.Count * 5; i++)
            {
                var which = (i * 7 + worker) % agents.Count;
                Assert.Equal(expected[which], Reduced.Text(cache.Of(agents[which])));
            }
        })));
    }
}
