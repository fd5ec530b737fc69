using Tidemark.Aggregator.Migrations;

namespace Tidemark.Aggregator.Verification;

/// <summary>A rollup, how to count its buckets that disagree with the raw table in a range of times, and how to bring them back: <c>deploy/clickhouse/repair</c>.</summary>
internal sealed record Rollup(string Name, string Table, string Bucket, long BucketMs)
{
    private const long HourMs = 3_600_000;

    public static IReadOnlyList<Rollup> All { get; } =
    [
        new("events_hour", "events", "hour", HourMs),
        new("visitor_day", "events", "day", 24 * HourMs),
        new("sessions_hour", "session_rows", "hour", HourMs),
    ];

    public string CountWrong => Statements[0];

    public string Repair => Statements[1];

    private IReadOnlyList<string> Statements { get; } = SqlStatements.Of(SqlFile.Repair(Name).Text);

    /// <summary>The whole buckets that the times fall into: from, and the end that is not in it.</summary>
    public (long From, long To) Buckets(long firstMs, long lastMs) => (Floor(firstMs), Floor(lastMs) + BucketMs);

    private long Floor(long ms) => ms - (ms % BucketMs + BucketMs) % BucketMs;
}
