namespace Tidemark.Sessionizer.Processing;

/// <summary>The log and the commit records do not fit together; going on could count events twice or lose sessions. The message says what to do.</summary>
internal sealed class PartitionStoppedException(string message) : Exception(message);
