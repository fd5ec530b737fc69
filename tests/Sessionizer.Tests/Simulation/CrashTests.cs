namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>Whatever happens at whatever step, the log ends up with what an undisturbed run leaves.</summary>
public sealed class CrashTests
{
    [Fact]
    public void UndisturbedRuns_LeaveTheOraclesSessions() => Seeds.EachOfMany(unchanging: 270, fresh: 130, static seed =>
    {
        var run = new SimulatedRun(seed);
        run.Run(FaultPlan.Nothing);
        run.Check();
    });

    [Fact]
    public void AFaultAtAnySingleStep_ChangesNothing() => Seeds.EachOfMany(unchanging: 16, fresh: 8, static seed =>
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
    public void ManyFaultsInOneRun_ChangeNothing() => Seeds.EachOfMany(unchanging: 1300, fresh: 700, static seed =>
    {
        var random = new Random(seed);
        var run = new SimulatedRun(seed);
        run.Run(new FaultPlan(_ => random.Next(40) == 0 ? (Fault)random.Next(1, 6) : Fault.None));
        run.Check();
    });

    [Fact]
    public void SettingsThatChangeBetweenRuns_LeaveWhatWentOutAndHoldForWhatComes() => Seeds.EachOfMany(unchanging: 270, fresh: 130, static seed =>
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
}
