using System.Text;
using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

/// <summary>Readers behind the tail: other memory, other code, the same records.</summary>
public sealed class ReadingFromStoreTests
{
    [Theory]
    [InlineData(0, 1 << 20, 1 << 20, 1024)]
    [InlineData(0, 1_000, 3_000, 1)]
    [InlineData(20_000, 2_000, 1, 100)]
    [InlineData(1 << 20, 1 << 20, 1 << 20, null)]
    public Task Random_reads_agree_with_a_list(int tail, int batch, int chunk, int? compress) => Seeds.EachAsync(unchanging: 1, fresh: 1, async seed =>
    {
        var random = new Random(seed);
        using var folder = new LogFolder
        {
            Options = new RocksDbLogOptions
            {
                Directory = "",
                TailCacheBytes = tail,
                MaxBatchBytes = batch,
                ReadChunkBytes = chunk,
                CompressFromBytes = compress,
                MaxWalBytes = 1 << 20,
            },
        };
        var model = new Dictionary<TopicPartition, List<(string Value, long Timestamp)>>();
        TopicPartition[] partitions = [new("events", 0), new("events", 1), new("state", 0), new("state", 1)];
        foreach (var partition in partitions)
            model[partition] = [];
        for (var opening = 0; opening < 3; opening++)
        {
            await using var log = folder.Open();
            var readers = partitions.ToDictionary(partition => partition, partition => log.OpenReader(partition, 0));
            for (var step = 0; step < 300; step++)
            {
                if (random.Next(2) == 0)
                {
                    await AppendAsync(log, partitions[random.Next(4)].Topic, random, model);
                    continue;
                }
                var reader = readers[partitions[random.Next(4)]];
                var expected = model[reader.Partition];
                if (random.Next(4) == 0)
                    reader.Seek(random.Next(expected.Count + 1));
                var at = (int)reader.Position;
                var read = await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None);
                Assert.Equal(at < expected.Count, read);
                foreach (var record in reader.Records)
                {
                    Assert.True(record.Offset == at, $"offset {record.Offset} where {at} is due; seed {seed}");
                    Assert.True(Encoding.UTF8.GetString(record.Value) == expected[at].Value && record.TimestampMs == expected[at].Timestamp, $"{reader.Partition} at {at}; seed {seed}");
                    at++;
                }
                Assert.Equal(at, reader.Position);
                Assert.True(reader.AtEnd == (at == expected.Count), $"AtEnd at {at} of {expected.Count}; seed {seed}");
            }
            foreach (var reader in readers.Values)
                reader.Dispose();
        }
    });

    [Fact]
    public async Task A_reader_goes_over_from_the_store_to_the_tail_while_the_log_grows()
    {
        using var folder = new LogFolder { Options = new RocksDbLogOptions { Directory = "", TailCacheBytes = 30_000, ReadChunkBytes = 50_000 } };
        await using var log = folder.Open();
        for (var i = 0; i < 2_000; i += 20)
            await log.AppendAsync("events", 0, Enumerable.Range(i, 20).Select(n => $"{n}"));
        var writing = Task.Run(async () =>
        {
            for (var i = 2_000; i < 12_000; i += 20)
                await log.AppendAsync("events", 0, Enumerable.Range(i, 20).Select(n => $"{n}"));
        });
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        var records = new List<ReadRecord>();
        while (records.Count < 12_000)
        {
            Assert.True(await reader.ReadAsync(TimeSpan.FromMinutes(2), CancellationToken.None));
            LogSteps.Take(reader.Records, records);
        }
        await writing;
        Assert.Equal(Enumerable.Range(0, 12_000).Select(n => $"{n}"), records.Select(record => record.Value));
    }

    [Fact]
    public async Task Records_of_a_reader_stay_valid_while_the_tail_moves_on()
    {
        using var folder = new LogFolder { Options = new RocksDbLogOptions { Directory = "", TailCacheBytes = 10_000 } };
        await using var log = folder.Open();
        await log.AppendAsync("events", 0, "first");
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        Assert.True(await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None));
        var held = reader.Records;
        for (var i = 0; i < 500; i++)
            await log.AppendAsync("events", 0, new string('x', 1_000));
        foreach (var record in held)
            Assert.Equal("first", Encoding.UTF8.GetString(record.Value));
    }

    private static async Task AppendAsync(
        RocksDbEventLog log, string topic, Random random, Dictionary<TopicPartition, List<(string Value, long Timestamp)>> model)
    {
        var requests = Enumerable.Range(0, random.Next(1, 6)).Select(_ => log.NewAppend(topic)).ToArray();
        foreach (var request in requests)
        {
            for (var i = random.Next(1, 20); i > 0; i--)
            {
                var value = new string((char)('a' + random.Next(26)), random.Next(random.Next(8) == 0 ? 3_000 : 200));
                request.AddTo(random.Next(2), "key"u8, Encoding.UTF8.GetBytes(value), random.Next(1_000_000));
            }
        }
        var tasks = requests.Select(request => log.AppendAsync(request, CancellationToken.None).AsTask()).ToArray();
        await Task.WhenAll(tasks);
        foreach (var request in requests)
        {
            for (var partition = 0; partition < 2; partition++)
            {
                var list = model[new TopicPartition(topic, partition)];
                var records = request.Records(partition);
                if (records.Count == 0)
                    continue;
                Assert.Equal(list.Count, request.BaseOffset(partition));
                foreach (var record in new RecordSet(records.Data, 0, records.Count, records.BaseTimestampMs))
                    list.Add((Encoding.UTF8.GetString(record.Value), record.TimestampMs));
            }
            request.Dispose();
        }
    }
}
