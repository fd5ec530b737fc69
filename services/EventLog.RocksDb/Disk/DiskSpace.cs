namespace Tidemark.EventLog.RocksDb.Disk;

/// <summary>Bytes of a file system: those that this user may still write, and all.</summary>
internal readonly record struct DiskSpace(long Free, long Size)
{
    /// <summary>Of the file system that holds the folder. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot be asked.</summary>
    internal static DiskSpace Of(string directory)
    {
        var drive = new DriveInfo(directory);
        return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
    }
}
