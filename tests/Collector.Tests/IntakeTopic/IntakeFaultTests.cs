using System.Globalization;
using Tidemark.Contracts;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class IntakeFaultTests
{
    private const int PerPartition = 400;

    /// <summary>Whatever commits and reads answer, and however often the door is stopped: every message has its effect once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task EveryMessage_HasItsEffectOnce_WhateverTheLogAnswers(int round)
    {
        var seed = Environment.TickCount + round;
        var random = new Random(seed);
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { IntakeCommitRecords = random.Next(3, 40) });
        run.Log.Next = () => Draw(random);
        run.Log.ReadFails = () =>
        {
            lock (random)
                return random.Next(50) == 0;
        };
        await run.StartAsync();
        for (var first = 0; first < PerPartition; first += PerPartition / 4)
        {
            for (var p = 0; p < IntakeRun.Partitions; p++)
                await run.SendAsync(p, [.. Enumerable.Range(first, PerPartition / 4).Select(i => Message(p, i))]);
            if (first == PerPartition / 2)
            {
                await run.StopAsync();
                await run.StartAsync();
            }
        }
        await run.DrainAsync(120);
        run.Log.Next = static () => Fault.None;
        run.Log.ReadFails = static () => false;
        await run.StopAsync();

        var events = await run.EventsAsync();
        var expected = from p in Enumerable.Range(0, IntakeRun.Partitions) from i in Enumerable.Range(0, PerPartition) where !IsBad(i) select $"{p}-{i}";
        Assert.True(expected.Order().SequenceEqual(events.Select(e => e.Event).Order()), Seed(seed, run, "events"));
        Assert.True(events.Select(e => e.EventId).Distinct().Count() == events.Count, Seed(seed, run, "ids"));
        Assert.True(events.GroupBy(e => e.VisitorId).All(v => InOrder([.. v.Select(e => int.Parse(e.Event[2..], CultureInfo.InvariantCulture))])), Seed(seed, run, "order"));
        var rejected = from p in Enumerable.Range(0, IntakeRun.Partitions) from i in Enumerable.Range(0, PerPartition) where IsBad(i) select $" {p}@{i}#-1:json";
        Assert.True(rejected.SequenceEqual(await run.RejectedAsync()), Seed(seed, run, Topics.Rejected));
        Assert.True(run.Log.Happened.Distinct().Count() >= 4, Seed(seed, run, "too few faults"));
    }

    private static Fault Draw(Random random)
    {
        lock (random)
        {
            return random.Next(40) switch
            {
                0 or 1 or 2 or 3 => Fault.Aborted,
                4 or 5 or 6 => Fault.UnknownAndDone,
                7 or 8 or 9 => Fault.UnknownAndNotDone,
                10 => Fault.Fenced,
                11 or 12 => Fault.Unavailable,
                _ => Fault.None,
            };
        }
    }

    private static bool IsBad(int i) => i % 11 == 3;

    private static string Message(int partition, int i) => IsBad(i) ? "garbage" : $$"""{"event":"{{partition}}-{{i}}","anonymousId":"{{partition}}/{{i % 7}}","writeKey":"live"}""";

    private static bool InOrder(int[] numbers) => numbers.Order().SequenceEqual(numbers);

    private static string Seed(int seed, IntakeRun run, string what) =>
        $"{what}: seed {seed}; faults {string.Join(' ', run.Log.Happened.GroupBy(f => f).Select(g => $"{g.Key}={g.Count()}"))}";
}
