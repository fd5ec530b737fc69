using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>The option records that the local edition fills, with its own defaults where it has any and each service's own check.</summary>
internal static class LocalSections
{
    public const string Local = "Local";
    public const string Sessionizer = "Sessionizer";
    public const string Collector = "Collector";
    public const string Aggregator = "Aggregator";

    public static IReadOnlyList<OptionSection> All { get; } =
    [
        OptionSection.Of<LocalOptions>(Local, LocalOptionsCheck.Mistakes),
        OptionSection.Of<SessionizerOptions>(Sessionizer, static o => o.Mistakes()),
        OptionSection.Of<CollectorOptions>(Collector, static o => CollectorOptionsCheck.Mistakes(ReadyProject.AddTo(o)), CollectorDefaults),
        OptionSection.Of<AggregatorOptions>(Aggregator, static o => o.Mistakes(), AggregatorDefaults),
    ];

    /// <summary>There is no intake topic, and pages served from this machine may send events.</summary>
    public static CollectorOptions CollectorDefaults() => new() { IntakeTopic = false, AllowLoopbackOrigins = true };

    /// <summary>Batches may be more frequent than in a cluster: two partitions make few.</summary>
    public static AggregatorOptions AggregatorDefaults() => new() { SmallInterval = TimeSpan.FromMilliseconds(400) };
}
