using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Pipeline;

/// <summary>Three processes, a real Kafka, the engine: from a request to a session in SQL, and what the processes say meanwhile.</summary>
[Collection(nameof(Brokers))]
public sealed class OneEventTests(Brokers brokers)
{
    private static readonly string[] _personal = ["visitor-4711", "user-4712", "message-4713", "203.0.113.77", "secret@example.org", "/private/page", "cluster-key"];

    [SkippableFact]
    public async Task A_request_becomes_a_session_and_no_log_names_anybody()
    {
        await using var cluster = Clusters.New(brokers.Broker, ("Logging:Level", "Debug"));
        await cluster.StartAsync(1, 1, 1, CancellationToken.None);
        var collector = cluster.Collectors[0];
        var answer = await Doors.PostAsync(collector, cluster.Key, """
            [{"type":"page","anonymousId":"visitor-4711","userId":"user-4712","messageId":"message-4713","context":{"ip":"203.0.113.77"},
              "properties":{"path":"/private/page","email":"secret@example.org"}},
             {"type":"track","event":"open","anonymousId":"visitor-4711"},
             {"type":"track","event":"open","anonymousId":"visitor-4711","timestamp":"secret@example.org"}]
            """);
        Assert.Equal((200, """{"accepted":2,"rejected":[{"index":2,"code":"ts_format"}]}"""), (answer.Status, answer.Text));
        foreach (var bad in new[] { "secret@example.org", "{\"anonymousId\":\"visitor-4711\",", "[]" })
            await Doors.PostAsync(collector, "wrong-visitor-4711", bad);
        await cluster.EventuallyAsync("SELECT visitor_id, user_id, events, pages, entry_page, version FROM sessions", "visitor-4711\tuser-4712\t2\t1\t/private/page\t1");
        await cluster.EventuallyAsync("SELECT count() FROM events", "2");
        await cluster.EventuallyAsync("SELECT count() FROM rejected_events", "1");

        foreach (var service in cluster.Services)
        {
            Assert.Equal(200, (await Doors.HealthAsync(service, "live")).Status);
            await service.Process.TerminateAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(0, service.Process.Status);
            var said = service.Process.Said;
            Assert.Contains("Stopped in order", said, StringComparison.Ordinal);
            Assert.All(_personal, text => Assert.DoesNotContain(text, said, StringComparison.Ordinal));
            Assert.All(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("{\"Timestamp\":\"2", line, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public async Task Topics_with_another_number_of_partitions_are_refused_with_one_line_and_a_status()
    {
        await using var cluster = Clusters.New(brokers.Broker);
        var first = cluster.AddCollector();
        await first.Process.StartReadyAsync(CancellationToken.None);
        var second = Lonely.Service(
            "Collector", ("Kafka:BootstrapServers", brokers.Broker.Bootstrap), ("Kafka:TopicPrefix", cluster.Prefix), ("Kafka:Partitions", "5"), ("Logging:Format", "Plain"));
        second.Process.Start();
        await using var _ = second.Process;
        await second.Process.EndAsync();
        Assert.Equal(78, second.Process.Status);
        var line = Assert.Single(second.Process.Said.Split('\n'), l => l.Contains("cannot go on", StringComparison.Ordinal));
        Assert.Contains("5", line, StringComparison.Ordinal);
        Assert.Contains("4", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Process.Said, StringComparison.Ordinal);
    }
}
