using System.Globalization;
using System.Text;

namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    private static TopicDefinition Trimmed => Events with { RetentionTime = TimeSpan.FromHours(5), TrimmedByReaders = true };

    private static TopicPartition TrimmedFirst => new(Events.Name, 0);

    [SkippableFact]
    public async Task What_lies_before_a_trim_is_gone_and_what_follows_is_read()
    {
        await using (var log = await OpenAsync(Trimmed))
        {
            await AppendEachAsync(log, 10);
            Assert.Equal(4, await log.TrimAsync(TrimmedFirst, 4, Timeout));
            Assert.Equal(new LogRange(4, 10, 10), log.Range(TrimmedFirst));
            await IsGoneAsync(log, 3);
            Assert.Equal(["4", "5", "6", "7", "8", "9"], await log.ReadValuesAsync(Trimmed.Name, 0, 4));
            Assert.Equal(new LogRange(0, 0, 0), log.Range(TrimmedFirst with { Partition = 1 }));
        }
        await using (var log = await OpenAsync(Trimmed))
        {
            Assert.Equal(new LogRange(4, 10, 10), log.Range(TrimmedFirst));
            await IsGoneAsync(log, 0);
            Assert.Equal(10, await log.AppendAsync(Trimmed.Name, 0, "10"));
            Assert.Equal(["4", "5", "6", "7", "8", "9", "10"], await log.ReadValuesAsync(Trimmed.Name, 0, 4));
        }
    }

    [SkippableFact]
    public async Task A_trim_behind_the_end_stops_there_and_one_before_the_start_changes_nothing()
    {
        await using var log = await OpenAsync(Trimmed);
        Assert.Equal(0, await log.TrimAsync(TrimmedFirst, 100, Timeout));
        await AppendEachAsync(log, 6);
        Assert.Equal(2, await log.TrimAsync(TrimmedFirst, 2, Timeout));
        foreach (var before in (long[])[2, 1, 0, -5])
            Assert.Equal(2, await log.TrimAsync(TrimmedFirst, before, Timeout));
        Assert.Equal(6, await log.TrimAsync(TrimmedFirst, 1_000, Timeout));
        Assert.Equal(new LogRange(6, 6, 6), log.Range(TrimmedFirst));
        Assert.Equal(6, await log.AppendAsync(Trimmed.Name, 0, "6"));
        Assert.Equal(["6"], await log.ReadValuesAsync(Trimmed.Name, 0, 6));
    }

    [SkippableFact]
    public async Task A_topic_that_is_compacted_only_is_notTrimmedFirst()
    {
        await using var log = await OpenAsync(State, Trimmed with { Name = "slots", Compacted = true });
        await log.AppendAsync(State.Name, 0, "a", "b");
        await Assert.ThrowsAsync<ArgumentException>(() => log.TrimAsync(new(State.Name, 0), 1, Timeout).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => log.TrimAsync(new("nowhere", 0), 1, Timeout).AsTask());
        Assert.Equal(["a", "b"], await log.ReadValuesAsync(State.Name, 0));
        await log.AppendAsync("slots", 0, "a");
        await log.AppendAsync("slots", 0, "b");
        Assert.Equal(1, await log.TrimAsync(new("slots", 0), 1, Timeout));
    }

    [SkippableFact]
    public async Task Trims_disturb_no_append_and_no_reader_that_is_ahead_of_them()
    {
        var seed = Seeds.FirstOfRun;
        await using var log = await OpenAsync(Trimmed);
        var read = 0L;
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < ManyAppends; i++)
                await log.AppendAsync(Trimmed.Name, 0, Text(i));
        });
        var reading = Task.Run(async () =>
        {
            using var reader = log.OpenReader(TrimmedFirst, 0);
            var records = new List<ReadRecord>();
            while (reader.Position < ManyAppends)
            {
                records.Clear();
                if (await reader.ReadAsync(_patience, Timeout))
                    LogSteps.Take(reader.Records, records);
                Assert.All(records, record => Assert.Equal(Text(record.Offset), record.Value));
                Volatile.Write(ref read, reader.Position);
            }
        });
        // Several at once, and not in the order of their offsets.
        var trimming = Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
        {
            var random = new Random(seed + n);
            while (!reading.IsCompleted)
            {
                var most = Volatile.Read(ref read);
                var start = await log.TrimAsync(TrimmedFirst, random.NextInt64(most + 1), Timeout);
                Assert.InRange(start, 0, Volatile.Read(ref read));
                Assert.InRange(await log.ExpiredAsync(TrimmedFirst, Timeout), start, ManyAppends);
            }
        })).ToArray();
        // Whoever comes too late is told so, and never that the log is damaged.
        var strays = Task.Run(async () =>
        {
            var random = new Random(seed - 1);
            while (!reading.IsCompleted)
                await LookAsync(log, random.NextInt64(Volatile.Read(ref read) + 1));
        });
        await Task.WhenAll([appending, reading, strays, .. trimming]);

        Assert.Equal(ManyAppends, await log.TrimAsync(TrimmedFirst, long.MaxValue, Timeout));
        Assert.Equal(new LogRange(ManyAppends, ManyAppends, ManyAppends), log.Range(TrimmedFirst));
    }

    [SkippableFact]
    public async Task A_trim_survives_kill_9()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using (await OpenAsync(Events, Sessions, State))
        {
        }
        var told = new Dictionary<string, long>();
        var acknowledged = new Dictionary<(int Partition, long Offset), string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var output = new StringBuilder();
            using (var host = HostProcess.Start(["trim", .. HostArguments, $"{random.Next(1_000_000)}"]))
            {
                for (var lines = random.Next(50, 1_500); lines > 0 && await host.Output.ReadLineAsync(Timeout) is { } line; lines--)
                    output.Append(line).Append('\n');
                var rest = host.Output.ReadToEndAsync();
                await host.KillAsync();
                output.Append(await rest);
            }
            Remember(output.ToString());

            await using var log = await OpenAsync(Events, Sessions, State);
            for (var partition = 0; partition < Events.Partitions; partition++)
            {
                var start = log.Range(new(Events.Name, partition)).Start;
                Assert.InRange(start, told.GetValueOrDefault($"start {partition}"), told.GetValueOrDefault($"asked {partition}"));
                var held = (await log.ReadAllAsync(Events.Name, partition, start)).ToDictionary(record => record.Offset, record => record.Value);
                foreach (var ((_, offset), value) in acknowledged.Where(entry => entry.Key.Partition == partition && entry.Key.Offset >= start))
                    Assert.True(held.TryGetValue(offset, out var found) && found == value, $"{partition}/{offset} is lost or changed after kill {kill}; seed {seed}");
            }
        }
        Assert.True(told.Keys.Count(key => key.StartsWith("start", StringComparison.Ordinal)) == Events.Partitions, $"not every partition was trimmed; seed {seed}");

        // "start PARTITION OFFSET" after a trim, "asked PARTITION OFFSET" before it, "PARTITION OFFSET VALUE" after an append; the kill may have cut the last line.
        void Remember(string text)
        {
            foreach (var parts in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
            {
                if (parts[0] is "start" or "asked")
                    told[$"{parts[0]} {parts[1]}"] = Math.Max(told.GetValueOrDefault($"{parts[0]} {parts[1]}"), long.Parse(parts[2], CultureInfo.InvariantCulture));
                else
                    acknowledged[(int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture))] = parts[2];
            }
        }
    }

    [SkippableFact]
    public async Task What_is_older_than_the_topics_time_has_expired_and_goes_by_a_trim_only()
    {
        await using var log = await OpenAsync(Trimmed, Sessions);
        Assert.Equal(0, await log.ExpiredAsync(TrimmedFirst, Timeout));
        foreach (var hours in (int[])[9, 8, 6, 4, 2])
            await AppendAtAgeAsync(TimeSpan.FromHours(hours), $"{hours}");
        Assert.Equal(3, await log.ExpiredAsync(TrimmedFirst, Timeout));
        // Another three hours: all but the last.
        Clock.Shift = TimeSpan.FromHours(2.5);
        Assert.Equal(4, await log.ExpiredAsync(TrimmedFirst, Timeout));
        Clock.Shift = TimeSpan.FromHours(24);
        Assert.Equal(5, await log.ExpiredAsync(TrimmedFirst, Timeout));
        Clock.Shift = TimeSpan.Zero;
        Assert.Equal(new LogRange(0, 5, 5), log.Range(TrimmedFirst));
        Assert.Equal(3, await log.TrimAsync(TrimmedFirst, await log.ExpiredAsync(TrimmedFirst, Timeout), Timeout));
        Assert.Equal(["4", "2"], await log.ReadValuesAsync(Trimmed.Name, 0, 3));
        Assert.Equal(3, await log.ExpiredAsync(TrimmedFirst, Timeout));
        // Kept for ever.
        await log.AppendAsync(Sessions.Name, 0, "1970");
        Clock.Shift = TimeSpan.FromDays(1_000);
        Assert.Equal(0, await log.ExpiredAsync(new(Sessions.Name, 0), Timeout));

        async Task AppendAtAgeAsync(TimeSpan age, string value)
        {
            Clock.Shift = -age;
            using var request = log.NewAppend(Trimmed.Name);
            request.AddTo(0, "key"u8, Encoding.UTF8.GetBytes(value), Clock.GetUtcNow().ToUnixTimeMilliseconds());
            await log.AppendAsync(request, Timeout);
            Clock.Shift = TimeSpan.Zero;
        }
    }

    [SkippableFact]
    public async Task The_position_of_a_group_is_known_to_others_than_its_members()
    {
        var first = new TopicPartition(Events.Name, 0);
        await using (var log = await OpenAsync(Events, Sessions))
        {
            Assert.Null(await log.PositionAsync("g", first, Timeout));
            await log.AppendAsync(Events.Name, 0, "a", "b", "c");
            await OwnAsync(log, "g", 0, async owner =>
            {
                Assert.Null(await log.PositionAsync("g", first, Timeout));
                using var transaction = owner.Begin();
                transaction.Append(new TopicPartition(Sessions.Name, 0), "k"u8, "out"u8, 7);
                await transaction.CommitAsync(2, Timeout);
                Assert.Equal(2, await log.PositionAsync("g", first, Timeout));
            });
            Assert.Null(await log.PositionAsync("g", first with { Partition = 1 }, Timeout));
            Assert.Null(await log.PositionAsync("h", first, Timeout));
            await Assert.ThrowsAsync<ArgumentException>(() => log.PositionAsync("g", first with { Partition = 4 }, Timeout).AsTask());
        }
        await using (var log = await OpenAsync(Events, Sessions))
        {
            Assert.Equal(2, await log.PositionAsync("g", first, Timeout));
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
            await log.RunPositionGroupAsync("h", [Events.Name], async (owner, _) =>
            {
                if (owner.Partition != first)
                    return;
                await owner.CommitPositionAsync(1, Timeout);
                // Such a group tells its positions from time to time.
                while (await log.PositionAsync("h", first, Timeout) is null)
                    await Task.Delay(20, Timeout);
                await leave.CancelAsync();
            }, leave.Token);
            Assert.Equal(1, await log.PositionAsync("h", first, Timeout));
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Each in a batch of its own.</summary>
    private static async Task AppendEachAsync(IEventLog log, int count)
    {
        for (var i = 0; i < count; i++)
            await log.AppendAsync(Trimmed.Name, 0, Text(i));
    }

    private async Task IsGoneAsync(IEventLog log, long offset)
    {
        using var reader = log.OpenReader(TrimmedFirst, offset);
        var gone = await Assert.ThrowsAsync<LogOffsetOutOfRangeException>(() => reader.ReadAsync(_patience, Timeout).AsTask());
        Assert.Equal(offset, gone.Offset);
        Assert.True(gone.Range.Start > offset, gone.Message);
    }

    private async Task LookAsync(IEventLog log, long offset)
    {
        using var reader = log.OpenReader(TrimmedFirst, offset);
        try
        {
            if (!await reader.ReadAsync(TimeSpan.Zero, Timeout))
                return;
            var records = new List<ReadRecord>();
            LogSteps.Take(reader.Records, records);
            Assert.Equal((offset, Text(offset)), (records[0].Offset, records[0].Value));
        }
        catch (LogOffsetOutOfRangeException gone)
        {
            Assert.True(gone.Range.Start > offset, gone.Message);
        }
    }
}
