using System.Globalization;
using System.Text;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>Messages by partition and number, some of them bad, and what must have come of them in the end.</summary>
internal static class KillTraffic
{
    internal static byte[] Message(int partition, int number) => Encoding.UTF8.GetBytes(IsBad(number)
        ? "garbage"
        : string.Create(CultureInfo.InvariantCulture, $$"""{"event":"{{partition}}-{{number}}","anonymousId":"{{partition}}/{{number % 7}}","writeKey":"live"}"""));

    internal static Task SendAsync(IntakeRun run, int from, int to) => Task.WhenAll(
        Enumerable.Range(0, IntakeRun.Partitions).Select(p => run.SendAsync(p, Enumerable.Range(from, to - from).Select(i => Message(p, i)))));

    /// <summary>Every good message is one event, every bad one a refused one, and each visitor's events are in order.</summary>
    internal static async Task AssertOnceAsync(IntakeRun run, int messages, string because)
    {
        var all = from p in Enumerable.Range(0, IntakeRun.Partitions) from i in Enumerable.Range(0, messages) select (Partition: p, Number: i);
        var events = await run.EventsAsync();
        var missing = all.Where(m => !IsBad(m.Number)).Select(Name).Except(events.Select(e => e.Event)).ToList();
        var doubled = events.GroupBy(e => e.Event).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        Assert.True(missing.Count == 0 && doubled.Count == 0, $"missing: {string.Join(' ', missing.Take(20))}; doubled: {string.Join(' ', doubled.Take(20))}; {because}");
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        Assert.All(events.GroupBy(e => e.VisitorId), v => Assert.Equal(v.Select(Number).Order(), v.Select(Number)));
        var refused = all.Where(m => IsBad(m.Number)).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Partition}@{m.Number}#-1:json"));
        Assert.Equal(refused, (await run.RejectedAsync()).Select(r => r[(r.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    private static bool IsBad(int number) => number % 13 == 5;

    private static string Name((int Partition, int Number) m) => string.Create(CultureInfo.InvariantCulture, $"{m.Partition}-{m.Number}");

    private static int Number(Hosting.StoredEvent e) => int.Parse(e.Event[2..], CultureInfo.InvariantCulture);
}
