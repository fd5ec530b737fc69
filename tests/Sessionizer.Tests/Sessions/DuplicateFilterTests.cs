using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class DuplicateFilterTests
{
    [Fact]
    public void Seen_OnRandomIdsAndGaps_AgreesWithANaiveModel()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var window = random.Next(3) == 0 ? random.Next(1, 10) : random.Next(1, 5000);
            var filter = new DuplicateFilter(window);
            var last = new Dictionary<long, long>();
            var offset = random.NextInt64(0, 1L << 40);
            var ids = random.Next(1, 2000);
            for (var i = 0; i < 6000; i++)
            {
                offset += random.Next(20) switch { 0 => random.Next(1, 50), 1 when random.Next(50) == 0 => window * 3L, _ => 1 };
                var id = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(ids) - 1L;
                var expected = last.TryGetValue(id, out var before) && offset - before < window;
                Assert.True(expected == filter.Seen(offset, id), $"seed {seed}, offset {offset}");
                last[id] = offset;
            }
        }
    }

    [Fact]
    public void Seen_AtTheEdgeOfTheWindow_TellsTheLastOffsetInsideFromTheFirstOutside()
    {
        var filter = new DuplicateFilter(4);
        Assert.False(filter.Seen(10, 1));
        Assert.True(filter.Seen(13, 1));
        Assert.False(filter.Seen(17, 1));
    }
}
