namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [SkippableFact]
    public async Task A_reader_that_waits_gets_a_record_when_it_comes_and_false_when_none_does()
    {
        await using var log = await OpenAsync(Events);
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 3), 0);
        await reader.ReachEndAsync(Timeout);

        var waiting = reader.ReadAsync(_patience, Timeout).AsTask();
        await log.AppendAsync(Events.Name, 3, "now");
        Assert.True(await waiting);
        var records = new List<ReadRecord>();
        LogSteps.Take(reader.Records, records);
        Assert.Equal("now", Assert.Single(records).Value);
    }

    [SkippableFact]
    public async Task A_waiting_reader_can_be_cancelled_and_used_again()
    {
        await using var log = await OpenAsync(Events);
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 0), 0);
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var waiting = reader.ReadAsync(_patience, source.Token).AsTask();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        await log.AppendAsync(Events.Name, 0, "a");
        Assert.True(await reader.ReadAsync(_patience, Timeout));
    }

    [SkippableFact]
    public async Task Long_waiters_all_get_what_comes_last()
    {
        await using var log = await OpenAsync(Events);
        var readers = Enumerable.Range(0, 50).Select(i => log.OpenReader(new TopicPartition(Events.Name, i % 4), 0)).ToArray();
        var waiting = readers.Select(reader => reader.ReadAsync(_patience, Timeout).AsTask()).ToArray();
        for (var partition = 0; partition < 4; partition++)
            await log.AppendAsync(Events.Name, partition, "x");
        Assert.All(await Task.WhenAll(waiting), Assert.True);
        foreach (var reader in readers)
            reader.Dispose();
    }

    [SkippableFact]
    public async Task Reading_while_writing_sees_every_record_once_in_order()
    {
        const int Count = 3_000;
        await using var log = await OpenAsync(Events);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i += 10)
                await log.AppendAsync(Events.Name, 1, Enumerable.Range(i, 10).Select(n => n.ToString()));
        });
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 1), 0);
        var records = new List<ReadRecord>();
        while (records.Count < Count)
        {
            Assert.True(await reader.ReadAsync(_patience, Timeout));
            LogSteps.Take(reader.Records, records);
        }
        await writing;
        Assert.Equal(Enumerable.Range(0, Count).Select(n => n.ToString()), records.Select(record => record.Value));
        Assert.True(reader.AtEnd || !await reader.ReadAsync(TimeSpan.Zero, Timeout));
    }

    [SkippableFact]
    public async Task A_reader_starts_at_any_offset_and_seeks()
    {
        await using var log = await OpenAsync(Events);
        var first = await log.AppendAsync(Events.Name, 0, Enumerable.Range(0, 100).Select(n => $"v{n}"));
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 0), first + 40);
        foreach (var offset in (int[])[40, 99, 0, 57, 1])
        {
            reader.Seek(first + offset);
            Assert.Equal(first + offset, reader.Position);
            Assert.True(await reader.ReadAsync(_patience, Timeout));
            var records = new List<ReadRecord>();
            LogSteps.Take(reader.Records, records);
            Assert.Equal((first + offset, $"v{offset}"), (records[0].Offset, records[0].Value));
        }
    }

    [SkippableFact]
    public async Task An_offset_outside_the_log_is_an_error_not_a_skip()
    {
        await using var log = await OpenAsync(Events);
        await log.AppendAsync(Events.Name, 0, "a");
        var end = log.Range(new TopicPartition(Events.Name, 0)).End;
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 0), end + 1_000);
        var error = await Assert.ThrowsAsync<LogOffsetOutOfRangeException>(() => reader.ReadAsync(_patience, Timeout).AsTask());
        Assert.Equal(end, error.Range.End);
    }

    [SkippableFact]
    public async Task The_range_is_what_a_reader_gets()
    {
        await using var log = await OpenAsync(Events);
        var partition = new TopicPartition(Events.Name, 2);
        var before = log.Range(partition);
        await log.AppendAsync(Events.Name, 2, "a", "b", "c");
        var after = log.Range(partition);
        Assert.Equal(before.Start, after.Start);
        Assert.True(after.End >= before.End + 3);
        using var reader = log.OpenReader(partition, after.End);
        await reader.ReachEndAsync(Timeout);
    }

    [SkippableFact]
    public async Task A_topic_keeps_its_identity_over_restarts()
    {
        string first;
        await using (var log = await OpenAsync(Events, State))
        {
            first = await log.IdentityAsync("events", Timeout);
            Assert.NotEmpty(first);
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => log.IdentityAsync("events", Timeout).AsTask())), id => Assert.Equal(first, id));
            await Assert.ThrowsAsync<ArgumentException>(() => log.IdentityAsync("unknown", Timeout).AsTask());
        }
        await using var again = await OpenAsync(Events, State);
        Assert.Equal(first, await again.IdentityAsync("events", Timeout));
    }
}
