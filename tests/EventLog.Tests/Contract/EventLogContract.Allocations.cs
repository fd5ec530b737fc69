namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    /// <summary>What may be allocated for each request or read, not for each record: a queue that grows, a wait, a pool that was short.</summary>
    protected virtual double AllocatedBytesPerAppend => 64;

    [SkippableFact]
    public async Task Appending_allocates_nothing_per_record_and_next_to_nothing_per_append()
    {
        const int Appends = 3_000;
        const int Appenders = 15;
        const int Each = 50;
        await using var log = await OpenAsync(Events);
        var value = new byte[200];
        await RunAsync(Appends);
        var perAppend = await LeastAsync(() => RunAsync(Appends), AllocatedBytesPerAppend * Appends) / Appends;
        Assert.True(perAppend < AllocatedBytesPerAppend, $"{perAppend:F1} bytes per append of {Each} records");

        // Side by side, so that many share a commit: one by one they wait for the disk or the brokers, and what others allocate meanwhile is most of what is counted.
        Task RunAsync(int count) => Task.WhenAll(Enumerable.Range(0, Appenders).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < count / Appenders; i++)
            {
                using var request = log.NewAppend(Events.Name);
                for (var j = 0; j < Each; j++)
                    request.AddTo(j % 4, "key"u8, value, i);
                await log.AppendAsync(request, Timeout);
            }
        })));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reading_allocates_nothing_per_record(bool reopened)
    {
        const int Records = 40_000;
        var log = await OpenAsync(Events);
        for (var i = 0; i < Records; i += 100)
            await log.AppendAsync(Events.Name, 0, Enumerable.Range(i, 100).Select(n => $"{n} of a few bytes that compress, compress, compress"));
        if (reopened)
        {
            await log.DisposeAsync();
            log = await OpenAsync(Events);
        }
        await using var _ = log;
        using var reader = log.OpenReader(new TopicPartition(Events.Name, 0), 0);
        await RunAsync();
        var perRecord = await LeastAsync(
            () =>
            {
                reader.Seek(0);
                return RunAsync();
            }, Records) / Records;
        Assert.True(perRecord < 1, $"{perRecord:F2} bytes per record");

        async Task RunAsync()
        {
            var left = Records;
            while (left > 0)
            {
                Assert.True(await reader.ReadAsync(_patience, Timeout));
                foreach (var record in reader.Records)
                    left -= record.Value.Length > 0 ? 1 : 0;
            }
        }
    }

    /// <summary>Bytes that a run allocates, of several the one with the fewest: counted is the whole process, and on a busy machine others of it have longer to allocate, and reads are shorter.</summary>
    private static async Task<double> LeastAsync(Func<Task> run, double enough)
    {
        var least = double.MaxValue;
        for (var i = 0; i < 50 && least >= enough; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }
}
