using System.Collections.Frozen;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// The engines whose tables and databases live in the engine's own folder or in memory. All others read or write somewhere else (File, URL, Kafka,
/// EmbeddedRocksDB with a path, …), and what the next version brings is refused until it stands here.
/// </summary>
internal static class TableEngines
{
    static readonly FrozenSet<string> _inside = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
    [
        "MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree", "CollapsingMergeTree", "VersionedCollapsingMergeTree", "CoalescingMergeTree", "GraphiteMergeTree",
        "Log", "StripeLog", "TinyLog", "Memory", "Null", "Set", "Join", "Buffer", "Merge", "View", "MaterializedView", "WindowView", "Dictionary", "GenerateRandom", "Alias", "Loop",
        // of databases; Dictionary, Memory and Alias too
        "Atomic", "Ordinary", "Lazy",
    ]);

    public static bool IsInside(string engine) => _inside.Contains(engine);

    /// <summary>Whether a reader may have a temporary table of it.</summary>
    public static bool IsMemory(string engine) => engine.Equals("Memory", StringComparison.OrdinalIgnoreCase);
}
