using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class DuplicateFilterTests
{
    [Fact]
    public void Seen_OnRandomIdsAndGaps_AgreesWithANaiveModel()
    {
        foreach (var seed in Seeds.Take(unchanging: 200, fresh: 100))
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

    [Fact]
    public void Forget_OnRandomStreams_AgreesWithANaiveModel()
    {
        foreach (var seed in Seeds.Take(unchanging: 130, fresh: 70))
        {
            var random = new Random(seed);
            var window = random.Next(3) == 0 ? random.Next(1, 10) : random.Next(1, 5000);
            var filter = new DuplicateFilter(window);
            // Stream 0 belongs to nobody and is never forgotten; a run may begin with it, so that the streams come to a filter that has grown.
            var last = new Dictionary<long, (long Offset, int Stream)>();
            var offset = random.NextInt64(0, 1L << 40);
            var ids = random.Next(1, 2000);
            var from = random.Next(0, 3000);
            for (var i = 0; i < 6000; i++)
            {
                offset += random.Next(20) switch { 0 => random.Next(1, 50), 1 when random.Next(50) == 0 => window * 3L, _ => 1 };
                var id = random.Next(ids);
                var stream = i < from ? 0 : random.Next(0, 4);
                var expected = last.TryGetValue(id, out var before) && offset - before.Offset < window;
                Assert.True(expected == filter.Seen(offset, id, stream), $"seed {seed}, offset {offset}");
                last[id] = (offset, expected ? before.Stream : stream);
                if (random.Next(500) != 0)
                    continue;
                var gone = random.Next(1, 4);
                filter.Forget(gone);
                foreach (var (known, _) in last.Where(l => l.Value.Stream == gone).ToList())
                    last.Remove(known);
            }
        }
    }
}
