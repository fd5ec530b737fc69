namespace Tidemark.Aggregator.Http;

/// <summary>
/// ClickHouse did not do what was asked. <see cref="Transient"/>: it is away, busy, full or restarting, so the same request is sent again soon. Otherwise it refuses: a
/// password, a grant, a table or a database is not as it has to be, which somebody may mend at any time.
/// </summary>
public sealed class ClickHouseException(string message, bool transient, int status = 0, Exception? inner = null) : Exception(message, inner)
{
    public bool Transient { get; } = transient;

    /// <summary>True when ClickHouse has no room for a part; it says so by its own check or by the system's words.</summary>
    public bool DiskFull => Message.Contains("NOT_ENOUGH_SPACE", StringComparison.Ordinal) || Message.Contains("No space left on device", StringComparison.Ordinal);

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; } = status;
}
