using Tidemark.EventLog.Kafka.Reading;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

public sealed class FetchAnewTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fetch_begun_anew_leaves_out_and_repeats_nothing(bool otherClient)
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, new TopicDefinition("events", 1));
        await log.Checked.WaitAsync(_patience);
        var written = Enumerable.Range(0, 20_000).Select(n => $"{n}").ToList();
        foreach (var some in written.Chunk(500))
            await log.AppendAsync("events", 0, some);

        using var reader = (KafkaLogReader)log.OpenReader(new TopicPartition("events", 0), 0);
        var read = new List<string>();
        for (var turn = 0; read.Count < written.Count; turn++)
        {
            if (!await reader.ReadAsync(_patience, CancellationToken.None))
                continue;
            foreach (var record in reader.Records)
                read.Add(System.Text.Encoding.UTF8.GetString(record.Value));
            // With records fetched ahead, and with none.
            if (turn % 2 == 0)
                reader.FetchAnew(otherClient);
        }
        reader.FetchAnew(otherClient);
        Assert.Equal(written, read);
        await reader.ReachEndAsync(CancellationToken.None);
    }
}
