using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Host;

/// <summary>
/// Decoding, duplicate filter and rules on one core: a site with 100,000 visitors at any moment, a dozen events a session, a few thousand pages, referrers and campaigns
/// on some, a little disorder, a duplicate now and then; a commit point every 100,000 events; one project, or several by turns that have settings of their own. Only the
/// rules are timed, not the making of events.
/// </summary>
internal static class RulesBenchmark
{
    private const int Batch = 100_000;
    private const int Visitors = 100_000;

    public static int Run(int events, int projects, bool withAgent)
    {
        var random = new Random(7);
        var settings = new SessionSettings(1_800_000, 30_000, 7_200_000, 43_200_000, 100_000);
        var names = Enumerable.Range(0, projects).Select(i => $"shop{i}").ToList();
        var own = names.Select((name, i) => new ProjectSettings(name, settings with { GapMs = settings.GapMs + i * 1000 }));
        var rules = new LivePartition(new SettingsByProject(settings, [.. own]), 1 << 20);
        var output = new CountingOutput();
        var traffic = new Traffic(random, names, withAgent);
        var taking = 0L;
        var committing = 0L;
        var offset = 0L;
        var allocated = 0L;
        while (offset < events)
        {
            traffic.Next();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = ThreadTime.Nanoseconds;
            for (var i = 0; i < Batch; i++)
            {
                if (i + Prefetch.Distance < Batch)
                    rules.Ahead(offset + Prefetch.Distance, traffic.Message(i + Prefetch.Distance));
                rules.Take(offset++, traffic.Message(i));
            }
            var taken = ThreadTime.Nanoseconds;
            rules.CommitPoint(false, offset, output);
            committing += ThreadTime.Nanoseconds - taken;
            taking += taken - started;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Console.WriteLine($"events {offset:N0}, {offset * 1e9 / (taking + committing):N0} events per second of one core, {taking / offset:N0} ns/event taking, "
            + $"{committing / offset:N0} ns/event at commit points");
        Console.WriteLine($"rows {output.Rows:N0}, sessions kept {rules.Kept:N0}, open {rules.Open:N0}, allocated {(double)allocated / offset:N1} bytes/event, "
            + $"working set {Environment.WorkingSet >> 20:N0} MB");
        return 0;
    }

    private sealed class Traffic(Random random, List<string> projects, bool withAgent)
    {
        private readonly byte[] _buffer = new byte[Batch * 512];
        private readonly int[] _ends = new int[Batch + 1];
        private readonly byte[][] _visitors = [.. Enumerable.Range(0, Visitors).Select(_ => NewVisitor(random))];
        private readonly byte[][] _pages = [.. Enumerable.Range(0, 5000).Select(i => System.Text.Encoding.UTF8.GetBytes($"/products/category-{i % 50}/item-{i}"))];
        private readonly byte[][] _projects = projects.Count == 0 ? ["shop"u8.ToArray()] : [.. projects.Select(System.Text.Encoding.UTF8.GetBytes)];
        private long _now = 1_700_000_000_000;

        public ReadOnlySpan<byte> Message(int i) => _buffer.AsSpan(_ends[i], _ends[i + 1] - _ends[i]);

        public void Next()
        {
            for (var i = 0; i < Batch; i++)
            {
                // 100,000 visitors with an event a minute each: 1,667 events a second of event time.
                if (i % 5 < 3)
                    _now++;
                ref var visitor = ref _visitors[random.Next(Visitors)];
                if (random.Next(12) == 0)
                    visitor = NewVisitor(random);
                var page = random.Next(3) != 0;
                var e = new EventFields
                {
                    Project = _projects[visitor[1] % _projects.Length],
                    VisitorId = visitor,
                    EventId = random.NextInt64(),
                    OccurredAt = _now - random.Next(5000),
                    Kind = page ? EventKind.Page : EventKind.Action,
                    UserId = visitor[0] % 4 == 0 ? visitor.AsSpan(0, 8) : default,
                    Page = _pages[random.Next(random.Next(5000) + 1)],
                    Event = page ? "Page Viewed"u8 : "Product Added"u8,
                    Referrer = random.Next(8) == 0 ? "https://www.search.example/results"u8 : default,
                    UtmSource = random.Next(20) == 0 ? "newsletter"u8 : default,
                    Device = "mobile"u8,
                    MessageId = visitor,
                    Url = "https://shop.example.org/products/category/item"u8,
                    Browser = withAgent ? "Chrome"u8 : default,
                    Os = withAgent ? "Android"u8 : default,
                    AppVersion = withAgent ? "5.2.1"u8 : default,
                };
                _ends[i + 1] = _ends[i] + e.Encode(_buffer.AsSpan(_ends[i]));
            }
        }

        private static byte[] NewVisitor(Random random)
        {
            Span<byte> bytes = stackalloc byte[16];
            random.NextBytes(bytes);
            return System.Text.Encoding.UTF8.GetBytes(new Guid(bytes).ToString());
        }
    }

    private sealed class CountingOutput : ISessionOutput
    {
        public long Rows { get; private set; }

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
