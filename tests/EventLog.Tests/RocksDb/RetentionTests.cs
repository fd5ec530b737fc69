using Microsoft.Extensions.Time.Testing;
using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

public sealed class RetentionTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset _begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(_begin);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_time_whole_batches_older_than_the_limit_go(bool large)
    {
        using var folder = NewFolder();
        var topic = new TopicDefinition("t", 1) { Large = large, RetentionTime = TimeSpan.FromHours(10) };
        await using (var log = folder.Open(topic))
        {
            for (var hour = 0; hour < 24; hour++)
            {
                await log.AppendAsync("t", 0, $"{hour}a", $"{hour}b");
                _time.Advance(TimeSpan.FromHours(1));
            }
            // It is hour 24; what was appended at hour 14 is ten hours old and stays.
            await log.RunRetentionAsync(CancellationToken.None);
            Assert.Equal(new LogRange(28, 48, 48), log.Range(new TopicPartition("t", 0)));
            Assert.Equal("14a", (await log.ReadValuesAsync("t", 0, 28))[0]);
            using var reader = log.OpenReader(new TopicPartition("t", 0), 27);
            await Assert.ThrowsAsync<LogOffsetOutOfRangeException>(() => reader.ReadAsync(TimeSpan.Zero, CancellationToken.None).AsTask());
        }
        await using (var log = folder.Open(topic))
        {
            Assert.Equal(new LogRange(28, 48, 48), log.Range(new TopicPartition("t", 0)));
            Assert.Equal(20, (await log.ReadValuesAsync("t", 0, 28)).Count);
        }
    }

    [Fact]
    public async Task When_everything_is_too_old_the_log_is_empty_and_offsets_go_on()
    {
        using var folder = NewFolder();
        var topic = new TopicDefinition("t", 1) { Large = true, RetentionTime = TimeSpan.FromHours(1) };
        await using (var log = folder.Open(topic))
        {
            await log.AppendAsync("t", 0, "a", "b", "c");
            _time.Advance(TimeSpan.FromHours(2));
            await log.RunRetentionAsync(CancellationToken.None);
            Assert.Equal(new LogRange(3, 3, 3), log.Range(new TopicPartition("t", 0)));
        }
        await using (var log = folder.Open(topic))
        {
            Assert.Equal(new LogRange(3, 3, 3), log.Range(new TopicPartition("t", 0)));
            Assert.Equal(3, await log.AppendAsync("t", 0, "d"));
            Assert.Equal(["d"], await log.ReadValuesAsync("t", 0, 3));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_size_the_oldest_go_and_the_disk_gets_its_space_back(bool byReaders)
    {
        using var folder = NewFolder();
        folder.Options = folder.Options with { MaxWalBytes = 2 << 20, CompressFromBytes = null };
        const int Limit = 4 << 20;
        const int Written = 20_000_000;
        var partition = new TopicPartition("t", 0);
        var topic = new TopicDefinition("t", 1) { Large = true, RetentionBytes = Limit, TrimmedByReaders = byReaders };
        await using var log = folder.Open(topic);
        var value = new string('v', 10_000);
        for (var i = 0; i < Written / value.Length; i++)
            await log.AppendAsync("t", 0, value);
        // What is not on the disk yet would not be missed there later.
        await Wait.UntilAsync(() => SizeOf(folder.Path) > Written * 3 / 4, "the records on the disk");
        if (byReaders)
            await log.TrimAsync(partition, await log.ExpiredAsync(partition, CancellationToken.None), CancellationToken.None);
        else
            await log.RunRetentionAsync(CancellationToken.None);

        var range = log.Range(partition);
        var held = await log.ReadAllAsync("t", 0, range.Start);
        Assert.Equal(range.End - range.Start, held.Count);
        Assert.InRange(held.Count * 10_000L, Limit - 50_000, Limit);
        await Wait.ForAsync(() => Task.FromResult(SizeOf(folder.Path)), static size => size < Written / 2, static () => $"less than half of {Written} bytes on the disk");
    }

    [Fact]
    public async Task What_its_readers_trim_is_left_to_them()
    {
        using var folder = NewFolder();
        var topic = new TopicDefinition("t", 1) { Large = true, RetentionTime = TimeSpan.FromHours(1), TrimmedByReaders = true };
        await using var log = folder.Open(topic, topic with { Name = "other", TrimmedByReaders = false });
        await log.AppendAsync("t", 0, "a");
        await log.AppendAsync("other", 0, "a");
        _time.Advance(TimeSpan.FromDays(1));
        await log.RunRetentionAsync(CancellationToken.None);
        Assert.Equal(new LogRange(0, 1, 1), log.Range(new TopicPartition("t", 0)));
        Assert.Equal(new LogRange(1, 1, 1), log.Range(new TopicPartition("other", 0)));
        Assert.Equal(1, await log.ExpiredAsync(new TopicPartition("t", 0), CancellationToken.None));
    }

    [Fact]
    public async Task What_shares_a_batch_with_the_first_that_stays_is_not_trimmed()
    {
        using var folder = NewFolder();
        await using var log = folder.Open(new TopicDefinition("t", 1) { Large = true });
        await log.AppendAsync("t", 0, "a", "b", "c");
        await log.AppendAsync("t", 0, "d", "e", "f");
        foreach (var (before, start) in ((long, long)[])[(2, 0), (3, 3), (5, 3), (6, 6)])
            Assert.Equal(start, await log.TrimAsync(new TopicPartition("t", 0), before, CancellationToken.None));
    }

    [Fact]
    public async Task By_size_what_expires_are_the_oldest_bytes_above_it()
    {
        using var folder = NewFolder();
        folder.Options = folder.Options with { CompressFromBytes = null };
        await using var log = folder.Open(new TopicDefinition("t", 1) { Large = true, RetentionBytes = 50_500, TrimmedByReaders = true });
        for (var i = 0; i < 10; i++)
            await log.AppendAsync("t", 0, new string('v', 10_000));
        Assert.Equal(5, await log.ExpiredAsync(new TopicPartition("t", 0), CancellationToken.None));
        Assert.Equal(0, log.Range(new TopicPartition("t", 0)).Start);
    }

    [Fact]
    public async Task The_check_runs_by_itself()
    {
        using var folder = NewFolder();
        folder.Options = folder.Options with { RetentionInterval = TimeSpan.FromMinutes(1) };
        await using var log = folder.Open(new TopicDefinition("t", 1) { Large = true, RetentionTime = TimeSpan.FromHours(1) });
        await log.AppendAsync("t", 0, "a");
        await Wait.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromHours(2));
                return log.Range(new TopicPartition("t", 0)).Start == 1;
            },
            "the check", pause: TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_clock_that_goes_back_does_not_confuse_it()
    {
        using var folder = NewFolder();
        var clock = new JumpingClock { Now = _begin };
        folder.Time = clock;
        await using var log = folder.Open(new TopicDefinition("t", 1) { Large = true, RetentionTime = TimeSpan.FromHours(1) });
        foreach (var hours in (int[])[0, 5, -3, 6, 2])
        {
            clock.Now = _begin.AddHours(hours);
            await log.AppendAsync("t", 0, $"{hours}");
        }
        // Time of the append never goes back in the log: the third counts as hour 5, the last as hour 6.
        clock.Now = _begin.AddHours(6.5);
        await log.RunRetentionAsync(CancellationToken.None);
        Assert.Equal(["6", "2"], await log.ReadValuesAsync("t", 0, 3));
        Assert.Equal(3, log.Range(new TopicPartition("t", 0)).Start);
    }

    private LogFolder NewFolder() => new()
    {
        Time = _time,
        Options = new RocksDbLogOptions { Directory = "", RetentionInterval = TimeSpan.Zero },
    };

    private static long SizeOf(string path) => new DirectoryInfo(path).EnumerateFiles().Where(file => file.Extension == ".sst").Sum(file => file.Length);

    private sealed class JumpingClock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
