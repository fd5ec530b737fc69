using System.Text;

namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [SkippableFact]
    public async Task A_record_comes_back_byte_for_byte()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using var log = await OpenAsync(Events, State);
        var written = new List<(byte[] Key, byte[] Value, long Timestamp)>();
        using (var request = log.NewAppend(Events.Name))
        {
            foreach (var length in (int[])[0, 1, 2, 127, 128, 300, 5_000, 70_000, 1_200_000])
            {
                var key = new byte[random.Next(40)];
                var value = new byte[length];
                random.NextBytes(key);
                random.NextBytes(value);
                var timestamp = random.NextInt64(EarliestTimestamp, 4_000_000_000_000);
                request.AddTo(1, key, value, timestamp);
                written.Add((key, value, timestamp));
            }
            await log.AppendAsync(request, Timeout);
        }

        using var reader = log.OpenReader(new TopicPartition(Events.Name, 1), 0);
        var next = 0;
        while (next < written.Count)
        {
            Assert.True(await reader.ReadAsync(_patience, Timeout));
            foreach (var record in reader.Records)
            {
                var (key, value, timestamp) = written[next++];
                Assert.True(record.Key.SequenceEqual(key), $"key, seed {seed}");
                Assert.True(record.Value.SequenceEqual(value), $"value, seed {seed}");
                Assert.Equal(timestamp, record.TimestampMs);
            }
        }
        Assert.True(reader.AtEnd || !await reader.ReadAsync(TimeSpan.Zero, Timeout));
    }

    [SkippableFact]
    public async Task Records_keep_their_order_within_a_partition_and_offsets_of_a_request_are_consecutive()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using var log = await OpenAsync(Events, State);
        var expected = new List<string>[Events.Partitions];
        for (var i = 0; i < expected.Length; i++)
            expected[i] = [];

        for (var i = 0; i < 50; i++)
        {
            using var request = log.NewAppend(Events.Name);
            var first = expected.Select(values => values.Count).ToArray();
            for (var j = random.Next(1, 30); j > 0; j--)
            {
                var partition = random.Next(Events.Partitions);
                var value = $"{i}-{j}";
                expected[partition].Add(value);
                request.AddTo(partition, Encoding.UTF8.GetBytes($"k{j}"), Encoding.UTF8.GetBytes(value), random.Next());
            }
            await log.AppendAsync(request, Timeout);
            for (var partition = 0; partition < expected.Length; partition++)
            {
                if (request.Records(partition).Count > 0)
                    Assert.True(request.BaseOffset(partition) >= first[partition], $"seed {seed}");
            }
        }

        for (var partition = 0; partition < expected.Length; partition++)
            Assert.Equal(expected[partition], await log.ReadValuesAsync(Events.Name, partition));
    }

    [SkippableFact]
    public async Task The_offset_told_to_the_appender_is_where_the_record_is()
    {
        await using var log = await OpenAsync(Events);
        for (var i = 0; i < 20; i++)
        {
            var offset = await log.AppendAsync(Events.Name, 2, $"a{i}", $"b{i}");
            using var reader = log.OpenReader(new TopicPartition(Events.Name, 2), offset);
            Assert.True(await reader.ReadAsync(_patience, Timeout));
            var records = new List<ReadRecord>();
            LogSteps.Take(reader.Records, records);
            Assert.Equal((offset, $"a{i}"), (records[0].Offset, records[0].Value));
        }
    }

    [SkippableFact]
    public async Task Many_concurrent_appends_are_all_there_once_and_in_order_per_appender()
    {
        const int Appenders = 32;
        const int Each = 60;
        await using var log = await OpenAsync(Events);
        await Task.WhenAll(Enumerable.Range(0, Appenders).Select(appender => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                using var request = log.NewAppend(Events.Name);
                for (var partition = 0; partition < Events.Partitions; partition++)
                    request.AddTo(partition, "k"u8, Encoding.UTF8.GetBytes($"{appender}:{i}"), 1_000 * i + appender + 1);
                await log.AppendAsync(request, Timeout);
            }
        })));

        for (var partition = 0; partition < Events.Partitions; partition++)
        {
            var records = await log.ReadAllAsync(Events.Name, partition);
            Assert.Equal(Appenders * Each, records.Count);
            foreach (var appender in records.GroupBy(record => record.Value.Split(':')[0]))
                Assert.Equal(Enumerable.Range(0, Each), appender.Select(record => int.Parse(record.Value.Split(':')[1])));
            foreach (var record in records)
            {
                var parts = record.Value.Split(':').Select(int.Parse).ToArray();
                Assert.Equal(1_000 * parts[1] + parts[0] + 1, record.TimestampMs);
            }
        }
    }

    [SkippableFact]
    public async Task A_key_lands_on_the_partition_of_its_murmur2()
    {
        await using var log = await OpenAsync(Events);
        var keys = Enumerable.Range(0, 200).Select(i => $"visitor-{i}").ToArray();
        using (var request = log.NewAppend(Events.Name))
        {
            foreach (var key in keys)
                request.Add(Encoding.UTF8.GetBytes(key), "v"u8, 0);
            await log.AppendAsync(request, Timeout);
        }
        for (var partition = 0; partition < Events.Partitions; partition++)
        {
            var expected = keys.Where(key => Partitioner.PartitionOf(Encoding.UTF8.GetBytes(key), Events.Partitions) == partition);
            Assert.Equal(expected, (await log.ReadAllAsync(Events.Name, partition)).Select(record => record.Key));
        }
    }

    [SkippableFact]
    public async Task An_empty_append_completes_and_stores_nothing()
    {
        await using var log = await OpenAsync(Events);
        using var request = log.NewAppend(Events.Name);
        await log.AppendAsync(request, Timeout);
        var range = log.Range(new TopicPartition(Events.Name, 0));
        Assert.Equal(range.Start, range.End);
    }

    [SkippableFact]
    public async Task A_topic_or_partition_that_was_not_defined_is_refused()
    {
        await using var log = await OpenAsync(Events);
        Assert.Equal(4, log.PartitionCount(Events.Name));
        Assert.Throws<ArgumentException>(() => log.PartitionCount("nowhere"));
        Assert.Throws<ArgumentException>(() => log.NewAppend("nowhere"));
        Assert.Throws<ArgumentException>(() => log.OpenReader(new TopicPartition(Events.Name, 4), 0));
        Assert.Throws<ArgumentException>(() => log.Range(new TopicPartition(Events.Name, -1)));
    }

    [SkippableFact]
    public async Task What_was_appended_is_there_after_closing_and_opening_again()
    {
        await using (var log = await OpenAsync(Events, State))
        {
            await log.AppendAsync(Events.Name, 0, "a", "b");
            await log.AppendAsync(State.Name, 1, "s");
        }
        await using (var log = await OpenAsync(Events, State))
        {
            Assert.Equal(["a", "b"], await log.ReadValuesAsync(Events.Name, 0));
            Assert.Equal(["s"], await log.ReadValuesAsync(State.Name, 1));
            Assert.Empty(await log.ReadValuesAsync(State.Name, 0));
            await log.AppendAsync(Events.Name, 0, "c");
            Assert.Equal(["a", "b", "c"], await log.ReadValuesAsync(Events.Name, 0));
        }
    }

    [SkippableFact]
    public async Task A_topic_asked_for_with_another_partition_count_is_refused()
    {
        await using (await OpenAsync(Events))
        {
        }
        var error = await Assert.ThrowsAsync<LogSettingsException>(() => OpenAsync(Events with { Partitions = 8 }));
        Assert.Contains("events", error.Message, StringComparison.Ordinal);
        Assert.Contains("4", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Cancelled_appends_leave_the_log_whole()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using var log = await OpenAsync(Events);
        var acknowledged = new List<string>();
        var appends = Enumerable.Range(0, 300).Select(i => (Value: $"{i}-{new string('x', random.Next(2_000))}", Wait: random.Next(4), Cancel: i % 2 == 0)).ToArray();
        await Parallel.ForEachAsync(appends, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (append, _) =>
        {
            using var source = new CancellationTokenSource();
            // The memory of a cancelled request is given back to the pool at once and used by the next: a log that still read it would store garbage.
            using var request = log.NewAppend(Events.Name);
            for (var i = 0; i < 5; i++)
                request.AddTo(0, "k"u8, Encoding.UTF8.GetBytes(append.Value), 5);
            var task = log.AppendAsync(request, source.Token);
            if (append.Cancel)
            {
                for (var i = 0; i < append.Wait; i++)
                    await Task.Yield();
                await source.CancelAsync();
            }
            try
            {
                await task;
                lock (acknowledged)
                    acknowledged.Add(append.Value);
            }
            catch (OperationCanceledException)
            {
            }
        });

        var values = await log.ReadValuesAsync(Events.Name, 0);
        var known = appends.Select(append => append.Value).ToHashSet();
        Assert.All(values, value => Assert.True(known.Contains(value), $"a record that nobody wrote; seed {seed}"));
        var counts = values.CountBy(value => value).ToDictionary();
        Assert.All(counts.Values, count => Assert.Equal(5, count));
        Assert.All(acknowledged, value => Assert.True(counts.ContainsKey(value), $"an acknowledged record is missing; seed {seed}"));
    }
}
