using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Processing;

public sealed class ServiceTests
{
    private static readonly SessionizerOptions _quick = new()
    {
        Gap = TimeSpan.FromMilliseconds(300),
        Disorder = TimeSpan.FromMilliseconds(50),
        CommitInterval = TimeSpan.FromMilliseconds(20),
        LiveInterval = TimeSpan.FromMilliseconds(20),
        HistoryPause = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task TheLastSessionOfASilentVisitor_ClosesByItself()
    {
        await using var run = new ServiceRun();
        await run.StartAsync(_quick);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await run.SendAsync(Topics.Events, new TestEvent("a", now) { Id = 1 }, new TestEvent("a", now + 5) { Id = 2 }, new TestEvent("b", now) { Id = 3 });
        await Wait.UntilAsync(() => run.Sessions().Net.Count() == 2, "both sessions");
        Assert.All(run.Sessions().Net, row => Assert.Equal(CloseReason.Idle, row.Reason));
        await Wait.UntilAsync(() => run.All(Topics.LiveSessions).Any(l => LiveSession.Decode(l.Value).Deleted), "the end of the live session");
        Assert.Contains(run.All(Topics.LiveSessions), l => LiveSession.Decode(l.Value) is { Deleted: false, Events: 2 });
        Assert.Equal(HealthStatus.Healthy, (await run.HealthAsync()).Status);
    }

    [Fact]
    public async Task AProjectWithAShorterGap_ClosesByItself_WhileTheOthersStayOpen()
    {
        await using var run = new ServiceRun();
        var slow = _quick with { Gap = TimeSpan.FromMinutes(30) };
        var mixed = slow with { Projects = [new ProjectSessionOptions { Name = "quick", Gap = TimeSpan.FromMilliseconds(300) }] };
        await run.StartAsync(mixed);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await run.SendAsync(Topics.Events, new TestEvent("a", now) { Id = 1, Project = "quick" }, new TestEvent("a", now) { Id = 2 });
        await Wait.UntilAsync(() => run.Sessions().Net.Any(), "the session of the quick project");
        Assert.Equal("quick", Assert.Single(run.Sessions().Net).Project);
        await run.StopAsync();
        // The project falls to the general settings: what went out stays, the replay repeats it, and its next session stays open.
        await run.StartAsync(slow);
        await run.SendAsync(Topics.Events, new TestEvent("b", now) { Id = 3, Project = "quick" });
        await Wait.UntilAsync(() => run.All(Topics.LiveSessions).Any(l => LiveSession.Decode(l.Value) is { Deleted: false } s && s.VisitorId.SequenceEqual("b"u8)), "the open session");
        Assert.Equal(HealthStatus.Healthy, (await run.HealthAsync()).Status);
        await run.StopAsync();
        await run.StartAsync(mixed);
        await Wait.UntilAsync(() => run.Sessions().Net.Count() == 2, "the second session of the quick project");
        Assert.All(run.Sessions().Net, row => Assert.Equal("quick", row.Project));
    }

    [Fact]
    public async Task AfterARestart_TheSessionGoesOnWhereItWas()
    {
        await using var run = new ServiceRun();
        var slow = _quick with { Gap = TimeSpan.FromMinutes(10) };
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await run.StartAsync(slow);
        await run.SendAsync(Topics.Events, new TestEvent("a", now - 5000) { Id = 1 });
        await Wait.UntilAsync(() => run.All(Topics.SessionizerState).Count > 0, "a commit");
        await run.StopAsync();
        await run.ReopenAsync();
        await run.StartAsync(slow);
        await run.SendAsync(Topics.Events, new TestEvent("a", now - 4000) { Id = 2 }, new TestEvent("a", now) { Id = 1 });
        await Wait.UntilAsync(() => run.All(Topics.LiveSessions).Any(l => LiveSession.Decode(l.Value) is { Events: 2 }), "the second event's live session");
        await run.StopAsync();
        // The rules change: what was open closes by the new gap.
        await run.StartAsync(_quick);
        await Wait.UntilAsync(() => run.Sessions().Net.Any(), "the session");
        var row = Assert.Single(run.Sessions().Net);
        Assert.Equal((2, now - 5000, now - 4000), (row.Events, row.Start, row.End));
    }

    [Fact]
    public async Task HistoryWithoutAnImport_IsEmittedWhenItPauses_AndCorrectedLater()
    {
        await using var run = new ServiceRun();
        await run.StartAsync(_quick with { Gap = TimeSpan.FromMinutes(30) });
        await run.SendAsync(Topics.History, new TestEvent("a", 1_000_000) { Id = 1 });
        await Wait.UntilAsync(() => run.Sessions().Net.Any(), "the paused session");
        Assert.Equal(CloseReason.Pause, Assert.Single(run.Sessions().Net).Reason);
        await run.SendAsync(Topics.History, new TestEvent("a", 500_000) { Id = 2 });
        await Wait.UntilAsync(() => run.Sessions().Net.Any(r => r.Events == 2), "the correction");
        Assert.Equal(2, Assert.Single(run.Sessions().Net).Version);
    }

    [Fact]
    public void WrongOptions_AreAllNamedAtOnce()
    {
        var wrong = new SessionizerOptions
        {
            Gap = TimeSpan.Zero,
            MaxEvents = 0,
            Lateness = TimeSpan.FromDays(-1),
            Projects = [new ProjectSessionOptions { Name = "Shop" }, new ProjectSessionOptions { Name = "blog", Gap = TimeSpan.Zero }, new ProjectSessionOptions { Name = "blog" }],
        };
        var failure = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => new Microsoft.Extensions.DependencyInjection.ServiceCollection().AddSessionizer(wrong));
        Assert.Equal(6, failure.Failures.Count());
        Assert.Contains(failure.Failures, f => f.StartsWith("Sessionizer:Projects:1:Gap is 0s", StringComparison.Ordinal));
    }
}
