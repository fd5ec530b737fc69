using Confluent.Kafka;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Kafka.Groups;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>No broker is needed: what is tried is who may still use a consumer when it is freed.</summary>
public sealed class MembershipTests
{
    private const int Rounds = 20;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly Confluent.Kafka.TopicPartition _place = new("events", 0);

    [Fact]
    public async Task Tenures_that_ask_while_the_membership_ends_are_answered_or_refused()
    {
        _ = KafkaLibrary.Version;
        for (var round = 0; round < Rounds; round++)
        {
            using var membership = new Membership(Consumer());
            Action[] questions =
            [
                () => membership.Metadata(),
                () => membership.Store(new TopicPartitionOffset(_place, 1)),
                () => membership.Committed(_place, TimeSpan.FromMilliseconds(10)),
            ];
            using var asking = new CountdownEvent(questions.Length);
            var refused = questions.Select(question => Task.Run(() => UntilRefused(question, asking))).ToArray();
            Assert.True(asking.Wait(_patience));
            membership.Dispose();
            Assert.All(await Task.WhenAll(refused).WaitAsync(_patience), error => Assert.IsType<ObjectDisposedException>(error));
        }
    }

    private static Exception UntilRefused(Action question, CountdownEvent asking)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                question();
            }
            catch (KafkaException)
            {
                // There is nobody to ask.
            }
            catch (Exception refused)
            {
                return refused;
            }
            if (first)
                asking.Signal();
        }
    }

    private static IConsumer<Ignore, Ignore> Consumer()
    {
        var options = new KafkaLogOptions { BootstrapServers = "127.0.0.1:1", TopicPrefix = "" };
        return new ConsumerBuilder<Ignore, Ignore>(ClientSettings.Membership(options, "group", "instance", storesPositions: true))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
    }
}
