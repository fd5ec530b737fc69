using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Start;

/// <summary>Sessionizers of one group with different settings: whose partition a visitor falls to decides about his sessions, so it is said.</summary>
[Collection(nameof(Brokers))]
public sealed class SettingsTests(Brokers brokers)
{
    [SkippableFact]
    public async Task Sessionizers_of_one_group_with_different_settings_are_named()
    {
        await using var cluster = Clusters.New(brokers.Broker);
        cluster.Set("Sessionizer:Gap", "3s");
        var first = cluster.AddSessionizer();
        cluster.Set("Sessionizer:Gap", "5s");
        var second = cluster.AddSessionizer();
        var collector = cluster.AddCollector();
        foreach (var service in cluster.Services)
            service.Process.Start();
        foreach (var service in cluster.Services)
            await service.Process.ReadyAsync(ChildProcess.Patience, CancellationToken.None);
        await Wait.ForAsync(
            async () =>
            {
                var events = Enumerable.Range(0, 40).Select(i => $$"""{"type":"page","anonymousId":"v{{i}}"}""");
                await Doors.PostAsync(collector, cluster.Key, $"[{string.Join(',', events)}]");
                return Names(first, "5000") || Names(second, "3000");
            },
            static isNamed => isNamed,
            () => "the other's settings in the log of one\n" + first.Process.Said + second.Process.Said,
            pause: TimeSpan.FromMilliseconds(200));
    }

    private static bool Names(ServiceInstance service, string gap) =>
        service.Process.Said.Contains("Sessionizers of this group have different settings: ", StringComparison.Ordinal)
        && service.Process.Said.Contains($"(gap {gap} ms", StringComparison.Ordinal);
}
