namespace Tidemark.Contracts.Events;

/// <summary>
/// The event times that are accepted, in milliseconds since 1970 UTC: whole years that every column holds. The raw tables would hold 1900 to 2299 (DateTime64), but the rollups
/// and the sorting keys count in <c>DateTime</c> (1970 to February 2106) and <c>Date</c> (1970 to June 2149), where another time would stand as one of these years.
/// </summary>
public static class EventTimes
{
    /// <summary>1970-01-01T00:00:00.000Z.</summary>
    public const long EarliestMs = 0;

    /// <summary>2105-12-31T23:59:59.999Z.</summary>
    public const long LatestMs = 4_291_747_199_999;

    public static bool IsInRange(long unixMs) => unixMs is >= EarliestMs and <= LatestMs;
}
