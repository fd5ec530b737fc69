using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Tests.Doors;

/// <summary>The doors over the real local log.</summary>
public sealed class DurableLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("collector-log-").FullName;

    [Fact]
    public async Task EverythingAnswered200_IsThereAfterReopening_InOrderPerVisitor()
    {
        const int Clients = 8;
        const int Requests = 30;
        const int PerRequest = 20;
        await using (var log = Open())
        {
            await using var host = await CollectorHost.StartAsync(realLog: log);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
            {
                for (var request = 0; request < Requests; request++)
                {
                    var lines = Enumerable.Range(0, PerRequest).Select(i => $$"""{"event":"e","anonymousId":"v{{client}}","messageId":"{{request * PerRequest + i}}"}""").Append("broken");
                    var answer = await host.PostAsync(string.Join('\n', lines));
                    Assert.Equal((200, PerRequest, $"{PerRequest}:json"), (answer.Status, answer.Accepted, answer.Rejected));
                }
            }));
            Assert.Equal(200, (await host.PostAsync("", "/v1/history/end?import=i")).Status);
        }
        await using (var log = Open())
        {
            var stored = await ReadAsync(log, Topics.Events);
            foreach (var visitor in stored.Select(StoredEvent.From).GroupBy(e => e.VisitorId))
                Assert.Equal(Enumerable.Range(0, Requests * PerRequest).Select(i => i.ToString(null as IFormatProvider)), visitor.Select(e => e.MessageId));
            Assert.Equal(Clients * Requests * PerRequest, stored.Count);
            Assert.Equal(Clients * Requests, (await ReadAsync(log, Topics.Rejected)).Count);
            Assert.Equal(3, (await ReadAsync(log, Topics.History)).Count);
        }
    }

    private RocksDbEventLog Open() =>
        RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(3, intakeRetention: TimeSpan.FromDays(7)), TimeProvider.System, NullLogger.Instance);

    private static async Task<List<StoredRecord>> ReadAsync(RocksDbEventLog log, string topic)
    {
        var records = new List<StoredRecord>();
        for (var p = 0; p < log.PartitionCount(topic); p++)
        {
            var partition = new TopicPartition(topic, p);
            using var reader = log.OpenReader(partition, (await log.RangeAsync(partition, CancellationToken.None)).Start);
            while (await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None))
            {
                foreach (var record in reader.Records)
                    records.Add(new StoredRecord(p, record.Key.ToArray(), record.Value.ToArray()));
            }
        }
        return records;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
