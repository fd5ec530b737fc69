using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

public sealed class FolderTests
{
    [Fact]
    public async Task A_second_process_is_refused_and_told_what_to_do()
    {
        using var folder = new LogFolder();
        using var host = HostProcess.Start("hold", folder.Path);
        await host.WaitForLineAsync("open", CancellationToken.None);
        var error = Assert.Throws<LogInUseException>(() => folder.Open());
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("Stop that one, or give this one another folder", error.Message, StringComparison.Ordinal);
        await host.KillAsync();
        await using var log = folder.Open([new("events", 4) { Large = true }]);
    }

    [Fact]
    public async Task A_second_log_in_the_same_process_is_refused()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        Assert.Throws<LogInUseException>(() => folder.Open());
    }

    [Fact]
    public void A_folder_that_cannot_be_is_named()
    {
        using var folder = new LogFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        folder.Options = new RocksDbLogOptions { Directory = Path.Combine(file, "log") };
        var error = Assert.ThrowsAny<LogException>(() => folder.Open());
        Assert.Contains(folder.Options.Directory, error.Message, StringComparison.Ordinal);
        Assert.Contains("choose another folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_is_refused()
    {
        using var folder = new LogFolder();
        await folder.Open().DisposeAsync();
        using (var db = RocksDbSharp.RocksDb.Open(
            new RocksDbSharp.DbOptions(), folder.Path, FamiliesOf(folder.Path)))
            db.Put("format", "2");
        var error = Assert.Throws<LogSettingsException>(() => folder.Open());
        Assert.Contains("format 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_folder_is_another_log()
    {
        using var folder = new LogFolder();
        using var other = new LogFolder();
        await using var log = folder.Open();
        await using var second = other.Open();
        Assert.NotEqual(await log.IdentityAsync("events", default), await second.IdentityAsync("events", default));
    }

    [Fact]
    public async Task A_folder_of_a_version_without_identities_gets_one_and_keeps_it()
    {
        using var folder = new LogFolder();
        await using (var log = folder.Open())
            await log.AppendAsync("events", 0, "a");
        using (var db = RocksDbSharp.RocksDb.Open(new RocksDbSharp.DbOptions(), folder.Path, FamiliesOf(folder.Path)))
        {
            Assert.NotNull(db.Get("identity"));
            db.Remove("identity");
        }
        string given;
        await using (var log = folder.Open())
        {
            given = await log.IdentityAsync("events", default);
            Assert.Equal(["a"], await log.ReadValuesAsync("events", 0));
        }
        await using var again = folder.Open();
        Assert.Equal(given, await again.IdentityAsync("events", default));
    }

    [Fact]
    public async Task Topics_can_be_added_and_left_out_later()
    {
        using var folder = new LogFolder();
        await using (var log = folder.Open(LogFolder.Events))
            await log.AppendAsync("events", 0, "a");
        await using (var log = folder.Open(LogFolder.Small))
            await log.AppendAsync("state", 1, "b");
        // The layout is what it was made with, whatever is asked for later.
        await using (var log = folder.Open(LogFolder.Events with { Large = false }, LogFolder.Small with { Large = true }))
        {
            Assert.Equal(["a"], await log.ReadValuesAsync("events", 0));
            Assert.Equal(["b"], await log.ReadValuesAsync("state", 1));
        }
    }

    [Fact]
    public void All_mistakes_in_the_settings_are_told_at_once()
    {
        var options = new RocksDbLogOptions { Directory = " ", MaxBatchBytes = 0, TailCacheBytes = -1 };
        var error = Assert.Throws<LogSettingsException>(() => RocksDbEventLog.Open(
            options, [], TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        foreach (var name in (string[])["Directory", "MaxBatchBytes", "TailCacheBytes"])
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_ends_everything_in_bounded_time_and_twice_is_fine()
    {
        using var folder = new LogFolder { Options = new RocksDbLogOptions { Directory = "", CloseTimeout = TimeSpan.FromMilliseconds(200) } };
        var log = folder.Open();
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        var waiting = reader.ReadAsync(TimeSpan.FromMinutes(5), CancellationToken.None).AsTask();
        using var stubborn = new CancellationTokenSource();
        var group = log.RunGroupAsync("g", ["events"], (_, _) => Task.Delay(Timeout.Infinite, stubborn.Token), CancellationToken.None);
        await log.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2));
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        using var request = log.NewAppend("events");
        request.AddTo(0, default, "x"u8, 0);
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync(request, CancellationToken.None).AsTask());
        await stubborn.CancelAsync();
        await group;
        await folder.Open().DisposeAsync();
    }

    private static RocksDbSharp.ColumnFamilies FamiliesOf(string path)
    {
        var families = new RocksDbSharp.ColumnFamilies();
        foreach (var name in RocksDbSharp.RocksDb.ListColumnFamilies(new RocksDbSharp.DbOptions(), path).Where(name => name != "default"))
            families.Add(name, new RocksDbSharp.ColumnFamilyOptions());
        return families;
    }
}
