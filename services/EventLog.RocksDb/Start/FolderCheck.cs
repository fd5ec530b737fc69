using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>What has to be looked at before RocksDB is: it would make a new, empty log where the file that names the current one is gone, and delete the old tables.</summary>
internal static class FolderCheck
{
    internal static void Run(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            if (File.Exists(Path.Combine(directory, "CURRENT")))
            {
                CheckWriteAheadLog(directory);
                return;
            }
            var left = Directory.EnumerateFiles(directory)
                .FirstOrDefault(file => file.EndsWith(".sst", StringComparison.Ordinal) || (file.EndsWith(".log", StringComparison.Ordinal) && new FileInfo(file).Length > 0));
            if (left is not null)
            {
                throw new LogCorruptException(
                    $"The file CURRENT of the log in {directory} is missing, though {Path.GetFileName(left)} is there. Restore the folder from a copy; do not delete single files.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.NotWritable(directory, error.Message);
        }
    }

    /// <summary>RocksDB takes an absent write-ahead log for an empty one. It makes one before it writes its OPTIONS file, and is never without one from then on.</summary>
    private static void CheckWriteAheadLog(string directory)
    {
        if (Directory.EnumerateFiles(directory, "OPTIONS-*").Any() && !Directory.EnumerateFiles(directory, "*.log").Any())
        {
            throw new LogCorruptException(
                $"The write-ahead log (*.log) of the log in {directory} is missing. Restore the folder from a copy; do not delete single files.");
        }
    }
}
