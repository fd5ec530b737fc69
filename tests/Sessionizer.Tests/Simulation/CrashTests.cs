using System.Collections.Concurrent;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>Whatever happens at whatever step, the log ends up with what an undisturbed run leaves.</summary>
public sealed class CrashTests
{
    [Fact]
    public void UndisturbedRuns_LeaveTheOraclesSessions() => ForSeeds(0, 400, seed =>
    {
        var run = new SimulatedRun(seed);
        run.Run(FaultPlan.Nothing);
        run.Check();
    });

    [Fact]
    public void AFaultAtAnySingleStep_ChangesNothing() => ForSeeds(0, 24, seed =>
    {
        var undisturbed = new SimulatedRun(seed);
        var steps = FaultPlan.Nothing;
        undisturbed.Run(steps);
        for (var step = 0; step < steps.Steps; step++)
        {
            foreach (var fault in Enum.GetValues<Fault>())
            {
                var plan = FaultPlan.Once(step, fault);
                var run = new SimulatedRun(seed);
                run.Run(plan);
                if (plan.Struck > 0)
                    run.Check();
            }
        }
    });

    [Fact]
    public void ManyFaultsInOneRun_ChangeNothing() => ForSeeds(1000, 3000, seed =>
    {
        var random = new Random(seed);
        var run = new SimulatedRun(seed);
        run.Run(new FaultPlan(_ => random.Next(40) == 0 ? (Fault)random.Next(1, 6) : Fault.None));
        run.Check();
    });

    [Fact]
    public void SettingsThatChangeBetweenRuns_LeaveWhatWentOutAndHoldForWhatComes() => ForSeeds(5000, 5400, seed =>
    {
        var random = new Random(seed);
        var run = new SimulatedRun(seed);
        // The undisturbed half shows that a restart alone, with a replay under the settings of the time, changes nothing.
        var faults = new FaultPlan(_ => seed % 2 == 0 && random.Next(40) == 0 ? (Fault)random.Next(1, 6) : Fault.None);
        run.Run(faults);
        run.Change();
        run.Run(faults);
        run.Run(faults);
        run.Check();
    });

    private static void ForSeeds(int from, int to, Action<int> run)
    {
        var failures = new ConcurrentQueue<string>();
        Parallel.For(from, to, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            try
            {
                run(seed);
            }
            catch (Exception failure)
            {
                failures.Enqueue($"seed {seed}: {failure.Message}\n{failure.StackTrace}");
                loop.Stop();
            }
        });
        Assert.True(failures.IsEmpty, failures.FirstOrDefault());
    }
}
