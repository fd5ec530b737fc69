namespace Tidemark.Aggregator;

/// <summary>Finds every mistake in the options at once; each names its option.</summary>
internal static class AggregatorOptionsCheck
{
    internal static IEnumerable<string> Mistakes(AggregatorOptions options) => All(options).OfType<string>();

    private static IEnumerable<string?> All(AggregatorOptions o) =>
    [
        Unless(o.ClickHouseUrl.IsAbsoluteUri && o.ClickHouseUrl.Scheme is "http" or "https", $"{nameof(o.ClickHouseUrl)} must be an http or https address"),
        // It is logged and can be read in lists of processes; and what follows the host would be passed over.
        Unless(o.ClickHouseUrl.UserInfo.Length == 0, $"{nameof(o.ClickHouseUrl)} has a user or password in it: they are options of their own, {nameof(o.User)} and {nameof(o.Password)} (or {nameof(o.Password)}File)"),
        Unless(o.ClickHouseUrl.PathAndQuery == "/" && o.ClickHouseUrl.Fragment.Length == 0, $"{nameof(o.ClickHouseUrl)} must end with the host and the port, such as http://127.0.0.1:8123; the database is the option {nameof(o.Database)}"),
        Unless(o.User.Length > 0, $"{nameof(o.User)} must not be empty"),
        Unless(o.Database.Length is > 0 and <= 64 && o.Database.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'), $"{nameof(o.Database)} may have letters, digits and underscores, 1 to 64 of them"),
        Unless(o.RequestTimeout >= TimeSpan.FromSeconds(1), $"{nameof(o.RequestTimeout)} must be at least 1 s"),
        Unless(o.SmallInterval >= TimeSpan.FromMilliseconds(10) && o.SmallInterval <= TimeSpan.FromMinutes(1), $"{nameof(o.SmallInterval)} must be 10 ms to 1 min"),
        Unless(o.LargeInterval >= o.SmallInterval && o.LargeInterval <= TimeSpan.FromMinutes(1), $"{nameof(o.LargeInterval)} must be from {nameof(o.SmallInterval)} to 1 min"),
        Unless(o.LargeRows >= 1, $"{nameof(o.LargeRows)} must be at least 1"),
        Unless(o.FullRows >= 1, $"{nameof(o.FullRows)} must be at least 1"),
        Unless(o.MaxBatchRows is >= 1 and <= 1_000_000, $"{nameof(o.MaxBatchRows)} must be 1 to 1,000,000"),
        Unless(o.MaxBatchBytes is >= 65_536 and <= 256_000_000, $"{nameof(o.MaxBatchBytes)} must be 65,536 to 256,000,000"),
        Unless(o.ParallelInserts is >= 1 and <= 16, $"{nameof(o.ParallelInserts)} must be 1 to 16"),
        Unless(o.StopTimeout >= TimeSpan.Zero && o.StopTimeout <= TimeSpan.FromMinutes(1), $"{nameof(o.StopTimeout)} must be 0 to 1 min"),
    ];

    private static string? Unless(bool right, string mistake) => right ? null : mistake;
}
