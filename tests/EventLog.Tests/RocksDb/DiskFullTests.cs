using System.Diagnostics;
using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

public sealed class DiskFullTests
{
    [SkippableFact]
    public Task A_full_disk_is_said_and_the_log_goes_on_when_there_is_room_again() => OnSmallDiskAsync(48, FillAndRecoverAsync);

    [SkippableFact]
    public Task Before_a_disk_is_full_appends_are_refused_and_transactions_go_on() => OnSmallDiskAsync(96, NearlyFillAndRecoverAsync);

    private static async Task OnSmallDiskAsync(int mebibytes, Func<string, Task> test)
    {
        using var mount = new TemporaryFolder();
        Skip.IfNot(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", mount.Path),
            "NOT TESTED: a full disk. It takes a small file system of its own, which only root on Linux can mount.");
        try
        {
            await test(mount.Path);
        }
        finally
        {
            Assert.True(Run("umount", mount.Path));
        }
    }

    private static async Task FillAndRecoverAsync(string path)
    {
        using var folder = new LogFolder
        {
            Options = new RocksDbLogOptions { Directory = Path.Combine(path, "log"), MaxWalBytes = 8 << 20, CompressFromBytes = null, MinFreeBytes = 0 },
        };
        // Room to be given back later.
        var ballast = Path.Combine(path, "ballast");
        File.WriteAllBytes(ballast, new byte[16 << 20]);
        var acknowledged = new List<string>();
        var refused = new HashSet<string>();
        await using (var log = folder.Open())
        {
            var number = 0;
            LogFullException? full = null;
            while (full is null)
                full = await AppendAsync(log, $"{number++}:{new string('x', 60_000)}", acknowledged, refused);
            Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
            Assert.True(acknowledged.Count > 100);

            // Reading goes on, and appending keeps failing in the same clear way.
            Assert.Equal(acknowledged, await log.ReadValuesAsync("events", 0));
            for (var i = 0; i < 20; i++)
                Assert.NotNull(await AppendAsync(log, $"{number++}:refused{new string('x', 60_000)}", acknowledged, refused));

            using var leave = new CancellationTokenSource();
            await log.RunGroupAsync("g", ["events"], async (owner, _) =>
            {
                if (owner.Partition.Partition != 0)
                    return;
                // Rolled back, and committed with the same outputs when there is room.
                using var transaction = owner.Begin();
                transaction.Append(new TopicPartition("state", 0), "k"u8, new byte[60_000], 7);
                await Assert.ThrowsAsync<LogTransactionAbortedException>(() => transaction.CommitAsync(1, CancellationToken.None).AsTask());
                File.Delete(ballast);
                await Wait.UntilAsync(async () =>
                {
                    try
                    {
                        await transaction.CommitAsync(1, CancellationToken.None);
                        return true;
                    }
                    catch (LogTransactionAbortedException)
                    {
                        return false;
                    }
                }, "a transaction that is committed after all");
                await leave.CancelAsync();
            }, leave.Token);
            Assert.Single(await log.ReadValuesAsync("state", 0));

            await Wait.UntilAsync(async () => await AppendAsync(log, $"{number++}:again", acknowledged, refused) is null, "a log that goes on");
            for (var i = 0; i < 20; i++)
                await AppendAsync(log, $"{number++}:{new string('y', 60_000)}", acknowledged, refused);
            Assert.Equal(acknowledged, await log.ReadValuesAsync("events", 0));
        }
        await using (var log = folder.Open())
        {
            Assert.Equal(acknowledged, await log.ReadValuesAsync("events", 0));
            while (await AppendAsync(log, new string('z', 60_000), acknowledged, refused) is null)
            {
            }
        }
        // Closed and opened on the full disk: the same clear words, and nothing is broken by trying.
        using (var rest = File.Create(ballast))
            Fill(rest);
        for (var i = 0; i < 3; i++)
            Assert.Throws<LogFullException>(() => folder.Open());
        File.Delete(ballast);
        // Moved to where there is room.
        using var roomy = new LogFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(path, "log")))
            File.Copy(file, Path.Combine(roomy.Path, Path.GetFileName(file)));
        await using (var log = roomy.Open())
            Assert.Equal(acknowledged, (await log.ReadValuesAsync("events", 0)).Take(acknowledged.Count));
    }

    private static async Task NearlyFillAndRecoverAsync(string path)
    {
        using var folder = new LogFolder
        {
            Options = new RocksDbLogOptions { Directory = Path.Combine(path, "log"), MaxWalBytes = 8 << 20, CompressFromBytes = null, MinFreeBytes = 48 << 20 },
        };
        var acknowledged = new List<string>();
        await using var log = folder.Open();
        for (var number = 0; number < 60; number++)
            Assert.Null(await AppendAsync(log, $"{number}:{new string('x', 60_000)}", acknowledged, []));

        // Somebody else fills the disk to 24 MiB. The log holds 4 MiB and room that it reserved for its next 8: whatever it gives back in its own time stays below the 48.
        var ballast = Path.Combine(path, "ballast");
        File.WriteAllBytes(ballast, new byte[new DriveInfo(path).AvailableFreeSpace - (24 << 20)]);
        log.LookAtDisk();
        var full = await AppendAsync(log, "refused", acknowledged, []);
        Assert.NotNull(full);
        Assert.Contains("48 MiB are kept", full.Message, StringComparison.Ordinal);

        using var leave = new CancellationTokenSource();
        await log.RunGroupAsync("g", ["events"], async (owner, _) =>
        {
            if (owner.Partition.Partition != 0)
                return;
            for (var i = 0; i < 20; i++)
            {
                using var transaction = owner.Begin();
                transaction.Append(new TopicPartition("state", 0), "k"u8, new byte[60_000], 7);
                await transaction.CommitAsync(i + 1, CancellationToken.None);
            }
            await leave.CancelAsync();
        }, leave.Token);
        log.LookAtDisk();
        Assert.NotNull(await AppendAsync(log, "refused", acknowledged, []));
        // A trim is how the log itself makes room.
        Assert.Equal(20, await log.TrimAsync(new TopicPartition("events", 0), 20, CancellationToken.None));

        File.Delete(ballast);
        log.LookAtDisk();
        Assert.Null(await AppendAsync(log, "again", acknowledged, []));
        Assert.Equal(acknowledged.Skip(20), await log.ReadValuesAsync("events", 0, 20));
    }

    private static void Fill(FileStream file)
    {
        try
        {
            for (var block = new byte[4096]; ;)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full now.
        }
    }

    private static async Task<LogFullException?> AppendAsync(RocksDbEventLog log, string value, List<string> acknowledged, HashSet<string> refused)
    {
        try
        {
            await log.AppendAsync("events", 0, value);
            acknowledged.Add(value);
            return null;
        }
        catch (LogFullException full)
        {
            refused.Add(value);
            return full;
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
