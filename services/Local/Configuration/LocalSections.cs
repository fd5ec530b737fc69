using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Hosting;
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
        OptionSection.Of<LocalOptions>(Local, Mistakes),
        OptionSection.Of<SessionizerOptions>(Sessionizer, static o => o.Mistakes()),
        OptionSection.Of<CollectorOptions>(Collector, static o => CollectorOptionsCheck.Mistakes(ReadyProject.AddTo(o)), CollectorDefaults),
        OptionSection.Of<AggregatorOptions>(Aggregator, static o => o.Mistakes(), AggregatorDefaults),
    ];

    /// <summary>There is no intake topic, and pages served from this machine may send events.</summary>
    public static CollectorOptions CollectorDefaults() => new() { IntakeTopic = false, AllowLoopbackOrigins = true };

    /// <summary>Batches may be more frequent than in a cluster: two partitions make few.</summary>
    public static AggregatorOptions AggregatorDefaults() => new() { SmallInterval = TimeSpan.FromMilliseconds(400) };

    private static IEnumerable<string> Mistakes(LocalOptions o)
    {
        foreach (var mistake in HttpOptions.PortMistakes(nameof(o.HttpPort), o.HttpPort).Concat(HttpOptions.PortMistakes(nameof(o.SqlPort), o.SqlPort)))
            yield return mistake;
        if (o.HttpPort != 0 && o.HttpPort == o.SqlPort)
            yield return $"{nameof(o.HttpPort)} and {nameof(o.SqlPort)} are both {o.HttpPort}: choose two different ones";
        if (o.EngineMemory is < 512 or > 1 << 20)
            yield return $"{nameof(o.EngineMemory)} is {o.EngineMemory}; it takes a number of MiB from 512 to 1048576";
        foreach (var mistake in HttpOptions.HostMistakes(nameof(o.AllowedHosts), o.AllowedHosts).Concat(AllowedOrigins.Mistakes(nameof(o.SqlAllowedOrigins), o.SqlAllowedOrigins)))
            yield return mistake;
        if (o.VisitorKey.Length > 0 && VisitorPseudonym.Parse(o.VisitorKey) is null)
            yield return $"{nameof(o.VisitorKey)} must be 64 hex digits";
        // It goes to the engine as a line, and to ClickHouse in a header.
        if (o.WriterPassword.AsSpan().ContainsAny('\n', '\r', '\0'))
            yield return $"{nameof(o.WriterPassword)} must be one line";
    }
}
