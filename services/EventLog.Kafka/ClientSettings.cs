using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka;

/// <summary>librdkafka's settings by use. What is set here has a reason beside it; the rest are its defaults.</summary>
internal static class ClientSettings
{
    /// <summary>The largest record, and so the largest batch that a topic must take. A refused event is kept with its original, so this is above any door's limit.</summary>
    internal const int MaxRecordBytes = 4 << 20;

    internal static ClientConfig Common(KafkaLogOptions options) => new()
    {
        BootstrapServers = options.BootstrapServers,
        ClientId = options.ClientId,
        SecurityProtocol = options.Protocol,
        SaslMechanism = options.Mechanism,
        SaslUsername = options.SaslUsername,
        SaslPassword = options.SaslPassword,
        SslCaLocation = options.SslCaLocation,
        // A broker that is back is noticed within a second.
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 1000,
        SocketConnectionSetupTimeoutMs = 5000,
        SocketKeepaliveEnable = true,
        MessageMaxBytes = MaxRecordBytes,
        LogConnectionClose = false,
        AllowAutoCreateTopics = false,
    };

    internal static ProducerConfig Appending(KafkaLogOptions options) => new(Common(options))
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        CompressionType = CompressionType.Lz4,
        LingerMs = options.Linger.TotalMilliseconds,
        MessageTimeoutMs = (int)options.AppendTimeout.TotalMilliseconds,
        // Counted here, by bytes of whole requests, so that a request is refused before any of it is queued.
        QueueBufferingMaxMessages = 0,
        QueueBufferingMaxKbytes = int.MaxValue,
    };

    internal static ProducerConfig Transactions(KafkaLogOptions options, string transactionalId) => new(Common(options))
    {
        TransactionalId = transactionalId,
        EnableIdempotence = true,
        Acks = Acks.All,
        CompressionType = CompressionType.Lz4,
        LingerMs = 0,
        TransactionTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds,
        // Bounded by what one commit interval puts out.
        QueueBufferingMaxMessages = 0,
        QueueBufferingMaxKbytes = int.MaxValue,
        EnableDeliveryReports = false,
        // What a commit soon after another one waits for: the coordinator is still writing the markers of the first. The default is 100 ms.
        RetryBackoffMs = 10,
        RetryBackoffMaxMs = 500,
    };

    /// <summary>One client reads many partitions; without a group.</summary>
    internal static ConsumerConfig Reading(KafkaLogOptions options) => new(Common(options))
    {
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Error,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        // A full queue makes the fetcher pause: a second by default, in which a fast reader starves.
        FetchQueueBackoffMs = 2,
        FetchErrorBackoffMs = 100,
        QueuedMinMessages = 20_000,
        // Of each partition, since each has a queue of its own.
        QueuedMaxMessagesKbytes = options.ReadAheadBytes >> 10,
        MaxPartitionFetchBytes = 1 << 20,
        FetchMaxBytes = 16 << 20,
        // The end of a partition is told with the answer that brings nothing, so this is how long it takes to be known.
        FetchWaitMaxMs = 100,
        FetchMinBytes = 1,
        StatisticsIntervalMs = 0,
    };

    /// <summary>Membership and positions only; it never fetches.</summary>
    internal static ConsumerConfig Membership(KafkaLogOptions options, string group, string instance, bool storesPositions) => new(Common(options))
    {
        GroupId = group,
        GroupInstanceId = instance,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        IsolationLevel = IsolationLevel.ReadCommitted,
        SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
        HeartbeatIntervalMs = (int)Math.Min(options.SessionTimeout.TotalMilliseconds / 4, 2000),
        AutoOffsetReset = AutoOffsetReset.Latest,
        EnableAutoCommit = storesPositions,
        AutoCommitIntervalMs = 1000,
        EnableAutoOffsetStore = false,
        QueuedMinMessages = 1,
        QueuedMaxMessagesKbytes = 1,
        FetchWaitMaxMs = 500,
    };

    /// <summary>For a group's positions; it never joins and never fetches. What a transaction that is under way commits does not count yet, and is not waited for.</summary>
    internal static ConsumerConfig Asking(KafkaLogOptions options, string group) => new(Common(options))
    {
        GroupId = group,
        IsolationLevel = IsolationLevel.ReadUncommitted,
        EnableAutoCommit = false,
    };

    internal static AdminClientConfig Admin(KafkaLogOptions options) => new(Common(options));
}
