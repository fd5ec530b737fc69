using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

public sealed class AllocationTests
{
    [Fact]
    public void Take_OnceAllSizesAreReached_AllocatesNothing()
    {
        var rules = new LivePartition(new SessionSettings(60_000, 1000, 60_000, 43_200_000, 100_000), 4096);
        var random = new Random(1);
        var messages = new byte[50_000][];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = new TestEvent("visitor-" + random.Next(5000), 1_000_000 + i * 20 - random.Next(900))
            {
                Id = random.NextInt64(),
                Kind = (EventKind)random.Next(4),
                Page = "/page/" + random.Next(300),
                User = "user-" + random.Next(300),
                Referrer = "r" + random.Next(50),
                Campaign = "c" + random.Next(50),
                Device = "mobile",
                Browser = "Chrome",
                Os = "Android",
                AppVersion = "5." + random.Next(50),
            }.Encode();
        }
        // The first half brings tables and slabs to their sizes; sessions open, close and are forgotten all the while.
        var output = new Discard();
        var offset = 0L;
        for (; offset < 25_000; offset++)
            Step(rules, messages, offset, output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; offset < 50_000; offset++)
            Step(rules, messages, offset, output);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(output.Rows > 5000);
        // A few growing arrays may still double; one object per event would be 600,000 bytes at least.
        Assert.True(allocated < 200_000, $"{allocated} bytes for 25,000 events");
    }

    private static void Step(LivePartition rules, byte[][] messages, long offset, Discard output)
    {
        rules.Take(offset, messages[offset]);
        if (offset % 500 == 0)
            rules.CommitPoint(false, offset, output);
    }

    private sealed class Discard : ISessionOutput
    {
        public int Rows { get; private set; }

        public void Row(ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> message, SessionRowKind kind) => Rows++;

        public void Live(long sessionId, ReadOnlySpan<byte> message)
        {
        }

        public void Closed(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
        {
        }

        public void Undone(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
        {
        }
    }
}
