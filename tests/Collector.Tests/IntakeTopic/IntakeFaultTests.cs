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
        var seed = Seeds.FirstOfRun + round;
        var random = new Random(seed);
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { IntakeCommitRecords = random.Next(3, 40) });
        // One of each kind first, in an order of the seed: how many commits a run makes is the machine's doing, and often is too few for chance.
        var first = new Queue<Fault>(Enum.GetValues<Fault>().Where(f => f != Fault.None).OrderBy(_ => random.Next()));
        run.Log.Next = () => Draw(first, random);
        run.Log.ReadFails = () =>
        {
            lock (random)
                return random.Next(50) == 0;
        };
        await run.StartAsync();
        for (var sent = 0; sent < PerPartition; sent += PerPartition / 4)
        {
            for (var p = 0; p < IntakeRun.Partitions; p++)
                await run.SendAsync(p, Enumerable.Range(sent, PerPartition / 4).Select(i => KillTraffic.Message(p, i)));
            if (sent == PerPartition / 2)
            {
                await run.StopAsync();
                await run.StartAsync();
            }
        }
        await run.DrainAsync();
        run.Log.Next = static () => Fault.None;
        run.Log.ReadFails = static () => false;
        await run.StopAsync();

        await KillTraffic.AssertOnceAsync(run, PerPartition, Seed(seed, run));
        Assert.True(run.Log.Happened.Distinct().Count() >= 5, "too few faults: " + Seed(seed, run));
    }

    private static Fault Draw(Queue<Fault> first, Random random)
    {
        lock (random)
        {
            return first.TryDequeue(out var fault) ? fault : random.Next(40) switch
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

    private static string Seed(int seed, IntakeRun run) =>
        $"seed {seed}; faults {string.Join(' ', run.Log.Happened.GroupBy(f => f).Select(g => $"{g.Key}={g.Count()}"))}";
}
