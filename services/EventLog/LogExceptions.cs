namespace Tidemark.EventLog;

/// <summary>Base of what the log can answer with; the message says what to do.</summary>
public abstract class LogException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The log cannot take the append now; whether it was stored is unknown. Retry.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>No room on the disk; nothing of the request was stored.</summary>
public sealed class LogFullException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>Another process holds the data folder.</summary>
public sealed class LogInUseException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>A torn or damaged file or batch; names the file or partition and offset.</summary>
public sealed class LogCorruptException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>The folder or topic holds other settings than asked for (partition count, format).</summary>
public sealed class LogSettingsException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>The offset asked for was removed by retention, or lies after the end.</summary>
public sealed class LogOffsetOutOfRangeException(TopicPartition partition, long offset, LogRange range)
    : LogException($"{partition}: offset {offset} is not held; the log has {range.Start} to {range.End}")
{
    /// <summary>The offset that is not held.</summary>
    public long Offset { get; } = offset;

    public LogRange Range { get; } = range;
}

/// <summary>The transaction was rolled back; commit it again, or begin again from the last commit.</summary>
public sealed class LogTransactionAbortedException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>Another member owns the partition now; nothing was stored.</summary>
public sealed class LogFencedException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>The commit's answer was lost: it may be done or not.</summary>
public sealed class LogOutcomeUnknownException(string message, Exception? inner = null) : LogException(message, inner);
