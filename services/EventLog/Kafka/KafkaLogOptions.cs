namespace Tidemark.EventLog.Kafka;

/// <summary>Stub.</summary>
public sealed record KafkaLogOptions
{
    /// <summary>Brokers to ask first, host:port with commas between.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Partitions. Default 8.</summary>
    public int Partitions { get; init; } = 8;

    /// <summary>Retention. Default: none.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Mistakes.</summary>
    public IReadOnlyList<string> Mistakes() => Partitions > 0 ? [] : ["Partitions must be above 0"];
}
