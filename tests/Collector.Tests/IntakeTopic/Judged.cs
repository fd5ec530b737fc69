using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tidemark.Collector.Intake;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>A message judged without a log.</summary>
internal sealed record Judged(IReadOnlyList<StoredEvent> Events, string Rejected)
{
    internal const long Offset = 5;

    internal static readonly CollectorOptions OneProject = CollectorHost.Options with { Projects = [CollectorHost.Options.Projects[0]] };

    internal StoredEvent Single
    {
        get
        {
            Assert.Equal("", Rejected);
            return Assert.Single(Events);
        }
    }

    internal static Judged Of(string message, CollectorOptions? options = null, long? timestamp = null, long offset = Offset, int partition = 3) =>
        Of(Encoding.UTF8.GetBytes(message), options, timestamp, offset, partition);

    internal static Judged Of(byte[] message, CollectorOptions? options = null, long? timestamp = null, long offset = Offset, int partition = 3)
    {
        var judge = New(options ?? OneProject, partition);
        using var target = new AppendRequest(Topics.Events, 3, null);
        judge.Begin();
        judge.Judge(new LogRecord(offset, timestamp ?? CollectorHost.NowMs, "ignored"u8, message), target);
        var events = new List<StoredEvent>();
        for (var p = 0; p < target.PartitionCount; p++)
        {
            var set = target.Records(p);
            foreach (var record in new RecordSet(set.Data, 0, set.Count, set.BaseTimestampMs))
            {
                Assert.Equal(p, Partitioner.PartitionOf(record.Key, 3));
                events.Add(StoredEvent.From(new StoredRecord(p, record.Key.ToArray(), record.Value.ToArray())));
            }
        }
        Assert.Equal(judge.Accepted, events.Count);
        var rejected = judge.Rejections.Select(r =>
        {
            var project = Encoding.UTF8.GetString(judge.ProjectOf(message.AsSpan(r.Start, r.Length)));
            return string.Create(CultureInfo.InvariantCulture, $"{r.Index}:{RejectCodes.Name(r.Code)}:{project}");
        });
        return new Judged(events, string.Join(' ', rejected));
    }

    internal static MessageJudge New(CollectorOptions options, int partition = 3)
    {
        var time = new FakeTimeProvider(CollectorHost.Now);
        return new MessageJudge(
            options, new BatchReaders(options, Random.Shared), new MessageProjects(options, new WriteKeys(options, time)), new TopicPartition(Topics.Intake, partition), time, NullLogger.Instance);
    }
}
