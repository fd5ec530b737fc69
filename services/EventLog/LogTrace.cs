namespace Tidemark.EventLog;

/// <summary>A sampled append as its reader sees it: the first of its records in the partition, and the W3C trace context (<c>traceparent</c>) it was written under.</summary>
public readonly record struct LogTrace(long Offset, string TraceParent);
