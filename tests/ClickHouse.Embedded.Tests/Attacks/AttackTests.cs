namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>
/// Whatever is asked, by whom and how: no file outside of the engine's folder is read or written, nothing is connected, no program
/// runs, and the engine goes on answering.
/// </summary>
public abstract class AttackTests(AttackTarget target)
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
        target.SkipUnlessHeld();
        return AttackRun.RunAsync(target, user, [KnownAttacks.Of(name, target.Canaries)]);
    }

    [SkippableTheory]
    [MemberData(nameof(Groups))]
    public Task Attacks_OfAllTheEngineHas_ReachNothing(string group, string? user)
    {
        target.SkipUnlessHeld();
        return AttackRun.RunAsync(target, user, AttackGroups.Of(group, target.Canaries, target.Lists));
    }
}

/// <summary>Through the door.</summary>
public sealed class DoorAttackTests(DoorTarget target) : AttackTests(target), IClassFixture<DoorTarget>;

/// <summary>Past the door: the engine has to hold by itself.</summary>
public sealed class NoDoorAttackTests(NoDoorTarget target) : AttackTests(target), IClassFixture<NoDoorTarget>;

/// <summary>Past the door and the engine's own checks: what the process denies itself has to hold.</summary>
public sealed class ConfinedAttackTests(ConfinedTarget target) : AttackTests(target), IClassFixture<ConfinedTarget>;
