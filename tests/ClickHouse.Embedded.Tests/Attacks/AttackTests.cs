namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>What has got through once, by every user.</summary>
public abstract class KnownAttackTests(AttackTarget target)
{
    internal AttackTarget Target { get; } = target;

    /// <summary>What has got through once.</summary>
    public static TheoryData<string, string?> Known()
    {
        var known = new TheoryData<string, string?>();
        foreach (var name in KnownAttacks.Names)
            foreach (var user in (string?[])[null, "default", "reader", "writer"])
                known.Add(name, user);
        return known;
    }

    [SkippableTheory]
    [MemberData(nameof(Known))]
    public Task Attack_ThatOnceGotThrough_ReachesNothing(string name, string? user)
    {
        Target.SkipUnlessHeld();
        return AttackRun.RunAsync(Target, user, [KnownAttacks.Of(name, Target.Canaries)]);
    }
}

/// <summary>
/// Whatever is asked, by whom and how: no file outside of the engine's folder is read or written, nothing is connected, no program
/// runs, and the engine goes on answering.
/// </summary>
public abstract class AttackTests(AttackTarget target) : KnownAttackTests(target)
{
    /// <summary>The groups of attacks, and as whom.</summary>
    public static TheoryData<string, string?> Groups()
    {
        var groups = new TheoryData<string, string?>();
        foreach (var name in AttackGroups.Names)
            foreach (var user in AttackGroups.UsersOf(name))
                groups.Add(name, user);
        return groups;
    }

    [SkippableTheory]
    [MemberData(nameof(Groups))]
    public Task Attacks_OfAllTheEngineHas_ReachNothing(string group, string? user)
    {
        Target.SkipUnlessHeld();
        Skip.If(!Target.DoorChecks && Environment.GetEnvironmentVariable("TIDEMARK_TEST_ATTACKS") is null,
            "past the door a denied connection may be tried for half a minute, so all groups take a quarter of an hour: set TIDEMARK_TEST_ATTACKS to fresh, all or a number");
        return AttackRun.RunAsync(Target, user, AttackGroups.Of(group, Target.Canaries, Target.Lists));
    }
}

/// <summary>The door has to hold by itself, as where the system confines nothing.</summary>
public sealed class DoorAttackTests(DoorTarget target) : AttackTests(target), IClassFixture<DoorTarget>;

/// <summary>Past the door, with the engine's own grants and constant settings.</summary>
public sealed class NoDoorAttackTests(NoDoorTarget target) : KnownAttackTests(target), IClassFixture<NoDoorTarget>;

/// <summary>Past the door and the engine's own checks: what the process denies itself has to hold.</summary>
public sealed class ConfinedAttackTests(ConfinedTarget target) : AttackTests(target), IClassFixture<ConfinedTarget>;
