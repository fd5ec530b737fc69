using System.ComponentModel.DataAnnotations;

namespace Tidemark.EventLog.Kafka;

/// <summary>Settings of the log on Kafka. Only <see cref="BootstrapServers"/> has to be given.</summary>
public sealed record KafkaLogOptions
{
    /// <summary>Brokers to ask first, "host:port,host:port".</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Partitions that topics are made with. Part of the data: a topic with another count is refused. Default 8.</summary>
    public int Partitions { get; init; } = 8;

    /// <summary>Copies of every partition. Default 1; 3 in production.</summary>
    public int ReplicationFactor { get; init; } = 1;

    /// <summary>Copies that must hold a record before it is acknowledged. Default 1; 2 in production.</summary>
    public int MinInsyncReplicas { get; init; } = 1;

    /// <summary>
    /// How long the log keeps events, and what was made of them, counted from the times of receipt. What is older goes when it is in the tables and no recovery needs it. Default null: for ever.
    /// </summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// How long a message of <c>events.intake</c> waits for a collector, by the time that its producer put on it. Once read, its events are in the log, so nothing is replayed from it. Change
    /// the topic too (<c>kafka-configs --alter</c>): a start compares them. Default 7 days.
    /// </summary>
    public TimeSpan IntakeRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Put before the names of topics, groups and transactional ids, so that several installations share a cluster. Default none.</summary>
    public string TopicPrefix { get; init; } = "";

    /// <summary>Name in the logs and quotas of the brokers. Default "tidemark".</summary>
    public string ClientId { get; init; } = "tidemark";

    /// <summary>
    /// Name of this instance in its groups (group.instance.id), different for every instance. Given: a restart within <see cref="SessionTimeout"/> keeps its partitions,
    /// and a stop hands them over only after that time. Default null: made from host name and process id; a stop hands partitions over at once.
    /// </summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>Plaintext, Ssl, SaslPlaintext or SaslSsl. Default Plaintext.</summary>
    public string SecurityProtocol { get; init; } = "Plaintext";

    /// <summary>Plain, ScramSha256 or ScramSha512 with a SASL protocol. Default none.</summary>
    public string? SaslMechanism { get; init; }

    /// <summary>User for SASL. Default none.</summary>
    public string? SaslUsername { get; init; }

    /// <summary>Password for SASL. Default none.</summary>
    [DataType(DataType.Password)]
    public string? SaslPassword { get; init; }

    /// <summary>File with the certificates of the authorities to trust (PEM). Default: the system's.</summary>
    public string? SslCaLocation { get; init; }

    /// <summary>Time after which the brokers abort a transaction that is left open; it holds back readers that long at most. Default 10 s.</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without a sign of life after which an instance loses its partitions; the brokers' least is 6 s by default. Default 10 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an append that no broker has acknowledged fails. Default 30 s.</summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a record waits for company before its batch is sent. Default 5 ms: larger batches, and the brokers pay by the batch.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Bytes of appends that may wait for their acknowledgement; beyond it an append fails at once. Default 128 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 128L << 20;

    /// <summary>Bytes that are fetched ahead for each open reader; one fetch of at most a mebibyte may come on top. Default 4 MiB.</summary>
    public int ReadAheadBytes { get; init; } = 4 << 20;

    /// <summary>How long closing waits for members of groups to return, and then for what is unacknowledged. Default 10 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All mistakes, each a sentence that names the option.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Require(!string.IsNullOrWhiteSpace(BootstrapServers), $"{nameof(BootstrapServers)} is empty: give \"host:port\" of a broker");
        foreach (var server in BootstrapServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            Require(IsServer(server), $"{nameof(BootstrapServers)} has \"{server}\": give \"host:port\", several separated by commas");
        Require(Partitions is > 0 and <= 1024, $"{nameof(Partitions)} is {Partitions}: give 1 to 1024");
        Require(ReplicationFactor is > 0 and <= 100, $"{nameof(ReplicationFactor)} is {ReplicationFactor}: give 1 or more");
        Require(
            MinInsyncReplicas > 0 && MinInsyncReplicas <= ReplicationFactor,
            $"{nameof(MinInsyncReplicas)} is {MinInsyncReplicas}: give 1 to {nameof(ReplicationFactor)} ({ReplicationFactor})");
        Require(Retention is not { } retention || retention > TimeSpan.Zero, $"{nameof(Retention)} is not above zero: leave it out to keep records for ever");
        Require(IntakeRetention > TimeSpan.Zero, $"{nameof(IntakeRetention)} is not above zero");
        Require(TopicPrefix.All(IsTopicCharacter), $"{nameof(TopicPrefix)} is \"{TopicPrefix}\": letters, digits, '.', '_' and '-' are allowed");
        Require(TransactionTimeout >= TimeSpan.FromSeconds(1), $"{nameof(TransactionTimeout)} is below a second");
        Require(SessionTimeout >= TimeSpan.FromSeconds(1), $"{nameof(SessionTimeout)} is below a second");
        Require(AppendTimeout >= TimeSpan.FromSeconds(1), $"{nameof(AppendTimeout)} is below a second");
        Require(Linger >= TimeSpan.Zero && Linger <= TimeSpan.FromSeconds(1), $"{nameof(Linger)} is not between zero and a second");
        Require(MaxQueuedBytes is >= 1 << 20 and <= 2L << 30, $"{nameof(MaxQueuedBytes)} is {MaxQueuedBytes}: give 1 MiB to 2 GiB");
        Require(ReadAheadBytes is >= 64 << 10 and <= 1 << 30, $"{nameof(ReadAheadBytes)} is {ReadAheadBytes}: give 64 KiB to 1 GiB");
        Require(CloseTimeout > TimeSpan.Zero, $"{nameof(CloseTimeout)} is not above zero");
        Require(Protocol is not null, $"{nameof(SecurityProtocol)} is \"{SecurityProtocol}\": give Plaintext, Ssl, SaslPlaintext or SaslSsl");
        Require(SaslMechanism is null || Mechanism is not null, $"{nameof(SaslMechanism)} is \"{SaslMechanism}\": give Plain, ScramSha256 or ScramSha512");
        var sasl = Protocol is Confluent.Kafka.SecurityProtocol.SaslPlaintext or Confluent.Kafka.SecurityProtocol.SaslSsl;
        Require(
            !sasl || (SaslMechanism is not null && SaslUsername is not null && SaslPassword is not null),
            $"{nameof(SecurityProtocol)} {SecurityProtocol} needs {nameof(SaslMechanism)}, {nameof(SaslUsername)} and {nameof(SaslPassword)}");
        Require(
            SslCaLocation is null || File.Exists(SslCaLocation) || Directory.Exists(SslCaLocation),
            $"{nameof(SslCaLocation)}: there is no file {SslCaLocation}");
        return mistakes;

        void Require(bool met, string mistake)
        {
            if (!met)
                mistakes.Add(mistake);
        }
    }

    internal Confluent.Kafka.SecurityProtocol? Protocol =>
        Enum.TryParse<Confluent.Kafka.SecurityProtocol>(SecurityProtocol, ignoreCase: true, out var protocol) ? protocol : null;

    internal Confluent.Kafka.SaslMechanism? Mechanism =>
        Enum.TryParse<Confluent.Kafka.SaslMechanism>(SaslMechanism, ignoreCase: true, out var mechanism) ? mechanism : null;

    /// <summary>A host with a port from 1 to 65,535, IPv6 in brackets, before it perhaps a protocol as listeners have it; the client waits for ever for a name that it cannot read.</summary>
    private static bool IsServer(string server)
    {
        var at = server.IndexOf("://", StringComparison.Ordinal);
        return (at < 0 || server[..at].ToUpperInvariant() is "PLAINTEXT" or "SSL" or "SASL_PLAINTEXT" or "SASL_SSL")
            && Uri.TryCreate("kafka://" + server[(at < 0 ? 0 : at + 3)..], UriKind.Absolute, out var uri)
            && uri is { Port: > 0, Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "" or "/" };
    }

    private static bool IsTopicCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
