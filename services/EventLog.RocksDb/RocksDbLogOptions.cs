using Tidemark.EventLog.RocksDb.Disk;

namespace Tidemark.EventLog.RocksDb;

/// <summary>Settings of the local log. Only <see cref="Directory"/> has to be given.</summary>
public sealed record RocksDbLogOptions
{
    /// <summary>Folder of the log's files; made when missing. One process at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// How long a group commit waits for company before it is written. Default zero: the sync of the commit before is the wait, and under load it gathers
    /// all that arrived meanwhile.
    /// </summary>
    public TimeSpan SyncDelay { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Bytes of appends that may wait for their commit; beyond it an append fails with <see cref="LogUnavailableException"/>. Default 256 MiB: about a second of
    /// what two cores can write.
    /// </summary>
    public long MaxQueuedBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of records in one group commit (one write and sync). Default 16 MiB.</summary>
    public int MaxCommitBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of records in one batch of a partition, before compression; a single larger record makes a larger batch. Default 1 MiB.</summary>
    public int MaxBatchBytes { get; init; } = 1 << 20;

    /// <summary>Batches of at least this many bytes are compressed (LZ4); null compresses none. Default 1 KiB: smaller ones shrink too little.</summary>
    public int? CompressFromBytes { get; init; } = 1024;

    /// <summary>Memory per partition of a large topic for the newest batches, from which readers at the tail are served. Default 8 MiB; other topics get an eighth.</summary>
    public int TailCacheBytes { get; init; } = 8 << 20;

    /// <summary>Bytes that a reader behind the tail fetches at once. Default 1 MiB.</summary>
    public int ReadChunkBytes { get; init; } = 1 << 20;

    /// <summary>Size of the write-ahead log at which memory is flushed to tables; start-up after a crash replays at most about this much. Default 128 MiB.</summary>
    public long MaxWalBytes { get; init; } = 128L << 20;

    /// <summary>How often the topics that their readers do not trim are checked for what age and size no longer keep. Default 1 minute; zero turns the periodic check off.</summary>
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Free bytes of the disk below which appends are refused with <see cref="LogFullException"/>, while transactions go on; a warning comes at three times as many. Null (default):
    /// 512 MiB, which is four times the write-ahead log, or 2 % of the disk if that is more, but at most a tenth of it. Zero refuses nothing before a write fails.
    /// </summary>
    public long? MinFreeBytes { get; init; }

    /// <summary>Time that opening spends at most on reading batches, newest first, against their checksums. Default 100 ms, about 100 MB; the rest follows in the background.</summary>
    public TimeSpan VerifyOnOpen { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Pace of the background check of what opening left unverified, bytes per second. Default 64 MiB; zero turns it off.</summary>
    public long VerifyBytesPerSecond { get; init; } = 64L << 20;

    /// <summary>How long closing waits for members of groups to return, and then for the last commit, before it closes without them. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the disk is asked; tests have disks of their own.</summary>
    internal Func<string, DiskSpace> Space { get; init; } = DiskSpace.Of;

    /// <summary><see cref="MinFreeBytes"/> on a disk of that size.</summary>
    internal long LeastFree(long size) => MinFreeBytes ?? Math.Min(Math.Max(512L << 20, size / 50), size / 10);

    /// <summary>All mistakes at once, as one text; null when there is none.</summary>
    internal string? Mistakes()
    {
        var mistakes = new List<string>();
        if (string.IsNullOrWhiteSpace(Directory))
            mistakes.Add("Directory is empty");
        if (MaxQueuedBytes <= 0 || MaxCommitBytes <= 0 || MaxBatchBytes <= 0 || ReadChunkBytes <= 0 || MaxWalBytes <= 0)
            mistakes.Add("MaxQueuedBytes, MaxCommitBytes, MaxBatchBytes, ReadChunkBytes and MaxWalBytes must be above zero");
        if (TailCacheBytes < 0 || VerifyBytesPerSecond < 0 || CompressFromBytes < 0 || MinFreeBytes < 0)
            mistakes.Add("TailCacheBytes, VerifyBytesPerSecond, CompressFromBytes and MinFreeBytes must not be below zero");
        if (SyncDelay < TimeSpan.Zero || RetentionInterval < TimeSpan.Zero || VerifyOnOpen < TimeSpan.Zero || CloseTimeout < TimeSpan.Zero)
            mistakes.Add("SyncDelay, RetentionInterval, VerifyOnOpen and CloseTimeout must not be below zero");
        return mistakes.Count == 0 ? null : string.Join("; ", mistakes);
    }
}
