using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Testcontainers.Kafka;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.Kafka.Testing;

/// <summary>
/// A broker for tests, found once per process: KAFKA_BOOTSTRAP_SERVERS, else a container where a Docker engine answers, else none with a reason to skip by.
/// </summary>
public sealed class KafkaServer
{
    private const string Variable = "KAFKA_BOOTSTRAP_SERVERS";
    private const string Image = "apache/kafka:4.1.1";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<KafkaServer>> _found = new(FindOnceAsync);

    private KafkaServer(string? bootstrapServers, string? why) => (BootstrapServers, Why) = (bootstrapServers, why);

    /// <summary>Null when there is none.</summary>
    public string? BootstrapServers { get; }

    /// <summary>Why there is none, and what to do; null when there is one.</summary>
    public string? Why { get; }

    public static Task<KafkaServer> FindAsync() => _found.Value;

    /// <summary>A prefix for topics and groups that no other test has.</summary>
    public static string NewPrefix() => $"t-{Guid.NewGuid():N}".AsSpan(0, 14).ToString() + ".";

    /// <summary>Deletes the topics whose names begin with the prefix.</summary>
    public async Task DeleteTopicsAsync(string prefix)
    {
        _ = KafkaLibrary.Version;
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        var names = admin.GetMetadata(_patience).Topics.Select(topic => topic.Topic).Where(topic => topic.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (names.Count > 0)
            await admin.DeleteTopicsAsync(names, new DeleteTopicsOptions { RequestTimeout = _patience });
    }

    private static async Task<KafkaServer> FindOnceAsync()
    {
        _ = KafkaLibrary.Version;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return Answers(given) ? new(given, null) : throw new InvalidOperationException($"{Variable} is {given}, but no broker answers there.");
        if (!DockerMayBeThere())
            return new(null, $"no Kafka: set {Variable}, or install Docker (Testcontainers starts one then), or run .ci/run with ../shared/kafka and Java 17");
        try
        {
            // Ends with this process: Testcontainers' own reaper removes it.
            var container = new KafkaBuilder(Image).Build();
            await container.StartAsync();
            return new(container.GetBootstrapAddress(), null);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            return new(null, $"no Kafka: a Docker engine seems to be there, but {Image} did not start ({failed.Message}); set {Variable} instead");
        }
    }

    private static bool DockerMayBeThere() => Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || File.Exists("/var/run/docker.sock");

    private static bool Answers(string bootstrapServers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler((_, _) => { }).Build();
        try
        {
            return admin.GetMetadata(_patience).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
