using Microsoft.Extensions.Time.Testing;
using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.RocksDb.Disk;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

/// <summary>What is said and refused as a disk fills and empties, over a disk that holds what the test says.</summary>
public sealed class DiskWatchTests
{
    private const long Mebibyte = 1 << 20;
    private readonly LogLines _messages = new();
    private long _free = 100 * Mebibyte;
    private int _asked;

    [Fact]
    public void Each_mark_is_told_once_on_the_way_down_and_once_on_the_way_up()
    {
        var watch = new DiskWatch("/data", Options, TimeProvider.System, _messages);
        var refuses = new List<bool>();
        // 30 is the mark of the warning, 10 that of the refusal; a little above a mark is not above it yet.
        foreach (var mebibytes in (long[])[31, 29, 31, 20, 33, 12, 9, 3, 10, 11, 12, 20, 9, 12, 33, 35, 100])
        {
            _free = mebibytes * Mebibyte;
            watch.Look();
            refuses.Add(watch.Refuses);
            Assert.Equal(_free, watch.Free);
        }
        Assert.Equal([false, false, false, false, false, false, true, true, true, true, false, false, true, false, false, false, false], refuses);
        Assert.Equal(
            [
                "has 29 MiB left; below 10 MiB events are refused", "has 9 MiB left; the last 10 MiB are kept", "has 12 MiB again; appends are taken",
                "has 9 MiB left; the last 10 MiB are kept", "has 12 MiB again; appends are taken", "has 35 MiB again, which is enough",
            ],
            _messages.All.Select(message => message["The disk of /data ".Length..]).Select(message => message.Split(": ")[0].Split(" for what")[0]));
        Assert.Contains("Only 100 MiB are free on the disk of /data, and the last 10 MiB", watch.Refusal().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100L << 30, 2L << 30)]
    [InlineData(20L << 30, 512L << 20)]
    [InlineData(1L << 30, (1L << 30) / 10)]
    public void By_default_as_much_is_kept_as_the_log_needs_and_the_disk_can_spare(long size, long least) =>
        Assert.Equal(least, (Options with { MinFreeBytes = null }).LeastFree(size));

    [Fact]
    public void Nothing_is_refused_when_nothing_is_to_be_kept()
    {
        _free = 0;
        Assert.False(new DiskWatch("/data", Options with { MinFreeBytes = 0 }, TimeProvider.System, _messages).Refuses);
        Assert.Empty(_messages.All);
    }

    [Fact]
    public void A_disk_that_does_not_answer_refuses_nothing_and_is_told_once()
    {
        var watch = new DiskWatch("/data", Options with { Space = _ => throw new IOException("away") }, TimeProvider.System, _messages);
        watch.Look();
        Assert.False(watch.Refuses);
        Assert.Null(watch.Free);
        Assert.Contains("away", Assert.Single(_messages.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_disk_is_asked_once_a_second_and_not_by_appends()
    {
        var time = new FakeTimeProvider();
        using var folder = new LogFolder { Options = Options, Time = time };
        await using var log = folder.Open();
        for (var i = 0; i < 100; i++)
            await log.AppendAsync("events", 0, "a");
        Assert.Equal(1, _asked);
        _free = Mebibyte;
        // The second look begins when the first is done.
        await Wait.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Volatile.Read(ref _asked) >= 3;
            }, "two looks at the disk");
        await Assert.ThrowsAsync<LogFullException>(() => log.AppendAsync("events", 0, "b"));
        Assert.Equal(100, (await log.ReadAllAsync("events", 0)).Count);
    }

    private RocksDbLogOptions Options => new()
    {
        Directory = "",
        MinFreeBytes = 10 * Mebibyte,
        Space = _ =>
        {
            var space = new DiskSpace(Volatile.Read(ref _free), 1L << 40);
            Interlocked.Increment(ref _asked);
            return space;
        },
    };
}
