namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>kill -9 of a collector, again and again, over the real local log.</summary>
public sealed class IntakeKillTests
{
    private const int Kills = 8;
    private const int PerWave = 2_000;

    [Fact]
    public async Task EveryMessage_HasItsEffectOnce_HoweverOftenTheCollectorIsKilled()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("collector-kill-").FullName;
        long stored = 0;
        for (var wave = 0; wave < Kills; wave++)
        {
            await using (var run = IntakeRun.OnRocks(folder: folder, shared: true))
                await KillTraffic.SendAsync(run, wave * PerWave, (wave + 1) * PerWave);
            using var door = new DoorProcess(folder);
            stored = await door.UntilAsync(stored + random.Next(1, 2 * PerWave));
            await door.KillAsync();
        }
        await using (var run = IntakeRun.OnRocks(folder: folder, shared: true))
        {
            await run.StartAsync();
            await run.DrainAsync();
            await KillTraffic.AssertOnceAsync(run, Kills * PerWave, $"seed {seed}");
        }
        Directory.Delete(folder, recursive: true);
    }
}
