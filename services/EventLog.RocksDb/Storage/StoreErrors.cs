namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// RocksDB's C interface hands errors over as texts ("IO error: No space left on device: ..."); this is the one place that reads them.
/// </summary>
internal static class StoreErrors
{
    internal static LogException AtOpen(string directory, string message)
    {
        if (message.Contains("lock hold by current process", StringComparison.Ordinal) || message.Contains("/LOCK", StringComparison.Ordinal))
        {
            if (IsAccess(message))
                return NotWritable(directory, message);
            return new LogInUseException(
                $"The data folder {directory} is in use by another process. Stop that one, or give this one another folder. ({message})");
        }
        if (IsFull(message))
            return Full(directory, message);
        if (IsCorruption(message))
        {
            return new LogCorruptException(
                $"A file of the log in {directory} is damaged or missing: {message}. Restore the folder from a copy; do not delete single files.");
        }
        if (IsAccess(message))
            return NotWritable(directory, message);
        if (message.Contains("Invalid argument", StringComparison.Ordinal))
            return new LogSettingsException($"The folder {directory} does not hold a log of this version: {message}");
        return new LogUnavailableException($"The log in {directory} cannot be opened: {message}");
    }

    internal static LogException AtWrite(string directory, string message)
    {
        if (IsFull(message))
            return Full(directory, message);
        if (IsCorruption(message))
            return new LogCorruptException($"A file of the log in {directory} is damaged: {message}");
        return new LogUnavailableException($"The log in {directory} cannot write: {message}");
    }

    internal static LogCorruptException AtRead(TopicPartition partition, long offset, string what) =>
        new($"{partition}: damaged at offset {offset}: {what}");

    internal static bool IsFull(string message) =>
        message.Contains("No space left", StringComparison.Ordinal) || message.Contains("NoSpace", StringComparison.Ordinal) ||
        message.Contains("Disk quota exceeded", StringComparison.Ordinal) || message.Contains("File too large", StringComparison.Ordinal) ||
        message.Contains("Space limit", StringComparison.Ordinal);

    internal static bool IsCorruption(string message) =>
        message.StartsWith("Corruption", StringComparison.Ordinal) || message.Contains("No such file", StringComparison.Ordinal);

    private static bool IsAccess(string message) =>
        message.Contains("Permission denied", StringComparison.Ordinal) || message.Contains("Read-only file system", StringComparison.Ordinal) ||
        message.Contains("Not a directory", StringComparison.Ordinal);

    internal static LogUnavailableException NotWritable(string directory, string message) =>
        new($"The data folder {directory} cannot be written to: {message}. Give this user the right to write there, or choose another folder.");

    private static LogFullException Full(string directory, string message) =>
        new($"No space left on the disk of {directory}: free some, the log goes on by itself. ({message})");
}
