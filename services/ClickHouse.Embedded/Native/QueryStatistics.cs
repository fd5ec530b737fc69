namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>The counts of X-ClickHouse-Summary.</summary>
internal record struct QueryStatistics
{
    public ulong ReadRows { get; set; }
    public ulong ReadBytes { get; set; }
    public ulong WrittenRows { get; set; }
    public ulong WrittenBytes { get; set; }
    public ulong ResultRows { get; set; }
    public ulong ResultBytes { get; set; }
    public long ElapsedNs { get; set; }

    /// <summary>Adds the next chunk's counts.</summary>
    public void Add(QueryStatistics other)
    {
        ReadRows += other.ReadRows;
        ReadBytes += other.ReadBytes;
        WrittenRows += other.WrittenRows;
        WrittenBytes += other.WrittenBytes;
        ResultRows += other.ResultRows;
        ResultBytes += other.ResultBytes;
    }
}
