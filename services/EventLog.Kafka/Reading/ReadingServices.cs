using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>What readers share.</summary>
internal sealed record ReadingServices(
    ReaderClients Clients, PartitionEnds Ends, Task Checked, Func<string, string> NameOf, Func<TopicPartition, Task<LogRange>> RangeAsync, EventLogMetrics Metrics, ILogger Logger);
