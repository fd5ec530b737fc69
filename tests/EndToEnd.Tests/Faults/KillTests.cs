using Tidemark.LoadTests.Scenarios;

namespace Tidemark.EndToEnd.Tests.Faults;

/// <summary>A few kills of each kind; the long campaigns are commands of the load tests.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Process_KilledUnderLoad_EveryAcknowledgedEventCountsOnce() =>
        await Kill.RunAsync(new KillOptions(4, 11, EngineOnly: false), CancellationToken.None);

    [Fact]
    public async Task Engine_KilledUnderLoad_DoorsKeepAnsweringAndEveryEventCountsOnce() =>
        await Kill.RunAsync(new KillOptions(4, 12, EngineOnly: true), CancellationToken.None);
}
