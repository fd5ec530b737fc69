namespace Tidemark.Aggregator.Plans;

/// <summary>
/// One topic of a name: a topic that is deleted and made anew begins with offset 0 again, and its records must not be taken for those of the one before. So tables do not hold the
/// log's offset but <c>life × 2^48 + offset</c>: unique, ascending, and the offset itself for all but topics that were begun anew.
/// </summary>
/// <param name="Number">How many topics of the name were loaded before it.</param>
/// <param name="TopicId">The log's identity of the topic; empty in plans of versions that did not keep it.</param>
internal readonly record struct TopicLife(int Number, string TopicId)
{
    private const int OffsetBits = 48;
    private const long OffsetMask = (1L << OffsetBits) - 1;

    /// <summary>The table's number of the log's offset 0.</summary>
    public long FirstStored => (long)Number << OffsetBits;

    /// <summary>The table's number of an offset.</summary>
    public long Stored(long offset) => FirstStored + offset;

    /// <summary>The offset that the table's number stands for.</summary>
    public static long Offset(long stored) => stored & OffsetMask;

    /// <summary>The life that the table's number is of.</summary>
    public static int NumberOf(long stored) => (int)(stored >> OffsetBits);

    /// <summary>
    /// True for the number before the first of a life: the plan that begins the life has it as its <c>lo</c>, so that it is the newest one until the first batch is planned.
    /// </summary>
    public static bool IsBeginning(long stored) => (stored & OffsetMask) == OffsetMask;
}
