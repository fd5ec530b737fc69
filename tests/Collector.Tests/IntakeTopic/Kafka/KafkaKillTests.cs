using System.Globalization;
using Tidemark.Kafka.Testing;

namespace Tidemark.Collector.Tests.IntakeTopic.Kafka;

/// <summary>Two collectors share the topic on a real broker, while one after the other is killed with -9 and started again.</summary>
public sealed class KafkaKillTests
{
    private const int Kills = 5;
    private const int PerWave = 2_000;

    [SkippableFact]
    public async Task EveryMessage_HasItsEffectOnce_WhoeverIsKilled()
    {
        var server = await KafkaServer.FindAsync();
        Skip.If(server.Why is not null, server.Why);
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        var prefix = KafkaServer.NewPrefix();
        var place = $"kafka:{server.BootstrapServers}/{prefix}";
        await using var run = await IntakeRun.OnKafkaAsync(server.BootstrapServers!, prefix);
        DoorProcess[] doors = [Start(0), Start(1)];
        try
        {
            long stored = 0;
            for (var kill = 0; kill < Kills; kill++)
            {
                await KillTraffic.SendAsync(run, kill * PerWave, (kill + 1) * PerWave);
                var victim = random.Next(doors.Length);
                stored = await doors[victim].UntilAsync(stored + random.Next(1, 1_500));
                await doors[victim].KillAsync();
                doors[victim].Dispose();
                doors[victim] = Start(victim);
            }
            // The last wave is for whoever is left: one dies for good, the other is stopped by the test's own door joining and its death.
            await KillTraffic.SendAsync(run, Kills * PerWave, (Kills + 1) * PerWave);
            await doors[0].KillAsync();
            await run.StartAsync();
            await doors[1].UntilAsync(stored + 1);
            await doors[1].KillAsync();
            await run.DrainAsync();
            await KillTraffic.AssertOnceAsync(run, (Kills + 1) * PerWave, $"seed {seed}");
        }
        finally
        {
            foreach (var door in doors)
                door.Dispose();
        }
        await server.DeleteTopicsAsync(prefix);

        DoorProcess Start(int number) => new(place, "door-" + number.ToString(CultureInfo.InvariantCulture));
    }
}
