using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Data;

/// <summary>
/// Topic <c>events</c> is deleted and made anew, shorter or longer than it was: nothing of it is taken for what is loaded already, sessionizer and aggregator name it, and the documented
/// command begins it anew.
/// </summary>
[Collection(nameof(Brokers))]
public sealed partial class TopicMadeAnewTests(Brokers brokers)
{
    private const string Loaded = "SELECT (SELECT count() FROM events), (SELECT sum(events) FROM sessions), (SELECT sum(events) FROM events_hour)";

    [SkippableTheory]
    [InlineData(400, 100)]
    [InlineData(400, 700)]
    public async Task A_topic_made_anew_is_loaded_beside_the_old_rows_when_the_operator_says_so(int first, int second)
    {
        await using var cluster = Clusters.New(brokers.Broker);
        await cluster.StartAsync(1, 1, 1, CancellationToken.None);
        await SendAsync(cluster, "first", first);
        await cluster.EventuallyAsync(Loaded, $"{first}\t{first}\t{first}");
        ServiceInstance[] readers = [cluster.Sessionizers[0], cluster.Aggregators[0]];
        foreach (var service in readers.Append(cluster.Collectors[0]))
            await service.Process.TerminateAsync(TimeSpan.FromMinutes(1));
        await DeleteAsync(cluster);
        // The start makes the topic.
        await cluster.Collectors[0].Process.StartReadyAsync(CancellationToken.None);
        await SendAsync(cluster, "second", second);

        foreach (var service in readers)
            service.Process.Start();
        var said = await Doors.EventuallyAsync(readers[0], "ready", IsMadeAnew);
        await Doors.EventuallyAsync(readers[1], "ready", IsMadeAnew);
        Assert.Equal($"{first}\t{first}\t{first}", await cluster.SqlAsync(Loaded, CancellationToken.None));
        foreach (var service in readers)
            await service.Process.TerminateAsync(TimeSpan.FromMinutes(1));

        var id = Command().Match(said.Text).Groups[1].Value;
        cluster.Set("Sessionizer:BeginAnew", id);
        cluster.Set("Aggregator:BeginAnew", id);
        await cluster.AddSessionizer().Process.StartReadyAsync(CancellationToken.None);
        await cluster.AddAggregator().Process.StartReadyAsync(CancellationToken.None);
        var all = first + second;
        await cluster.EventuallyAsync(Loaded, $"{all}\t{all}\t{all}");
        await SendAsync(cluster, "third", 50);
        await cluster.EventuallyAsync(Loaded, $"{all + 50}\t{all + 50}\t{all + 50}");
    }

    [SkippableFact]
    public async Task A_topic_made_anew_under_running_services_is_noticed_before_anything_of_it_counts()
    {
        await using var cluster = Clusters.New(brokers.Broker);
        await cluster.StartAsync(1, 1, 1, CancellationToken.None);
        await SendAsync(cluster, "first", 100);
        await cluster.EventuallyAsync(Loaded, "100\t100\t100");
        await DeleteAsync(cluster);
        // The start makes the topic; the others run on.
        await cluster.Collectors[0].Process.TerminateAsync(TimeSpan.FromMinutes(1));
        await cluster.Collectors[0].Process.StartReadyAsync(CancellationToken.None);
        await SendAsync(cluster, "second", 2000);
        await Doors.EventuallyAsync(cluster.Sessionizers[0], "ready", IsMadeAnew);
        await cluster.Aggregators[0].Process.TerminateAsync(TimeSpan.FromMinutes(1));
        cluster.Aggregators[0].Process.Start();
        await Doors.EventuallyAsync(cluster.Aggregators[0], "ready", IsMadeAnew);
        Assert.Equal("100\t100\t100", await cluster.SqlAsync(Loaded, CancellationToken.None));
    }

    private static bool IsMadeAnew(DoorAnswer answer) => answer.Status == 503 && answer.Text.Contains("was deleted and made anew", StringComparison.Ordinal);

    private static async Task SendAsync(ClusterProduct cluster, string name, int count)
    {
        for (var from = 0; from < count; from += 100)
        {
            var events = Enumerable.Range(from, Math.Min(100, count - from)).Select(i => $$"""{"type":"page","anonymousId":"{{name}}-{{i / 2}}","messageId":"{{name}}-{{i}}"}""");
            var body = $"[{string.Join(',', events)}]";
            await Wait.ForAsync(
                () => Doors.PostAsync(cluster.Collectors[0], cluster.Key, body), static answer => answer.Status == 200, () => $"an answer 200\n{cluster.Collectors[0].Process.Said}", pause: TimeSpan.FromMilliseconds(100));
        }
    }

    private static async Task DeleteAsync(ClusterProduct cluster)
    {
        using var admin = Admin(cluster);
        await admin.DeleteTopicsAsync([cluster.Prefix + "events"]);
        await Wait.UntilAsync(() => admin.GetMetadata(cluster.Prefix + "events", TimeSpan.FromMinutes(1)).Topics[0].Error.IsError, "the end of the topic");
    }

    private static IAdminClient Admin(ClusterProduct cluster) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Broker.Bootstrap }).Build();

    [GeneratedRegex(@"BEGIN_ANEW=([\w-]+)")]
    private static partial Regex Command();
}
