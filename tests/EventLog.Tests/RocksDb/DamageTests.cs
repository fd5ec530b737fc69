using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.RocksDb.Start;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

/// <summary>Whatever happens to the files, the log holds what it held or says what is wrong; it never shows other data, or less, in silence.</summary>
public sealed class DamageTests
{
    private const int Records = 3_000;

    [Fact]
    public Task A_flipped_bit_in_any_file_is_found_at_start_or_does_no_harm() => Seeds.EachAsync(unchanging: 1, fresh: 1, async seed =>
    {
        var random = new Random(seed);
        using var pristine = new LogFolder();
        var expected = await FillAsync(pristine, closed: true);
        var found = 0;
        for (var i = 0; i < 60; i++)
        {
            using var folder = CopyOf(pristine.Path);
            var file = Pick(folder.Path, random, ".sst", "MANIFEST-*", "CURRENT");
            var bytes = File.ReadAllBytes(file);
            var at = random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            if (await OpenAndCompareAsync(folder, expected, $"{Path.GetFileName(file)} bit flipped in byte {at} of {bytes.Length}, seed {seed}"))
                found++;
        }
        Assert.True(found > 30, $"only {found} of 60 flipped bits were noticed; seed {seed}");
    });

    [Fact]
    public async Task A_manifest_record_that_became_one_of_a_reused_file_is_named_and_not_read_for_ever()
    {
        using var folder = new LogFolder();
        await FillAsync(folder, closed: true);
        var manifest = Directory.GetFiles(folder.Path, "MANIFEST-*").Single();
        var bytes = File.ReadAllBytes(manifest);
        // The first record's type, 1: whole, becomes 5: whole, in a reused file.
        bytes[6] ^= 4;
        File.WriteAllBytes(manifest, bytes);
        var error = Assert.Throws<LogCorruptException>(() => folder.Open());
        Assert.Contains(Path.GetFileName(manifest), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_record_whose_length_reaches_past_the_end_is_named_and_not_taken_for_a_torn_one()
    {
        using var folder = new LogFolder();
        await FillAsync(folder, closed: true);
        var manifest = Directory.GetFiles(folder.Path, "MANIFEST-*").Single();
        var bytes = File.ReadAllBytes(manifest);
        // RocksDB would start with the first record alone, without its tables and without a word.
        bytes[SecondRecord(bytes) + 5] ^= 64;
        File.WriteAllBytes(manifest, bytes);
        var error = Assert.Throws<LogCorruptException>(() => folder.Open());
        Assert.Contains(Path.GetFileName(manifest), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_manifest_is_found_and_a_torn_end_is_none()
    {
        using var folder = new LogFolder();
        await FillAsync(folder, closed: true);
        var bytes = File.ReadAllBytes(Directory.GetFiles(folder.Path, "MANIFEST-*").Single());
        Assert.Null(ManifestCheck.DamageIn(bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.True(ManifestCheck.DamageIn(bytes) is not null, $"bit {bit % 8} of byte {bit / 8} of {bytes.Length}");
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        for (var length = SecondRecord(bytes); length < bytes.Length; length++)
            Assert.Null(ManifestCheck.DamageIn(bytes.AsSpan(0, length)));
        Assert.Null(ManifestCheck.DamageIn([.. bytes, .. new byte[100]]));
    }

    private static int SecondRecord(byte[] manifest) => 7 + BitConverter.ToUInt16(manifest, 4);

    [Fact]
    public async Task A_flipped_bit_in_a_sealed_batch_is_named_with_partition_and_offset()
    {
        using var folder = new LogFolder();
        await FillAsync(folder, closed: true);
        // The largest file holds the batches of events/0 or events/1; its middle is in one of them.
        var file = Directory.GetFiles(folder.Path, "*.sst").MaxBy(path => new FileInfo(path).Length)!;
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        var error = Assert.Throws<LogCorruptException>(() => folder.Open());
        Assert.Matches("events/[01]: damaged at offset [0-9]+", error.Message);
        Assert.Contains(Path.GetFileName(file), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_that_start_had_no_time_for_is_an_error_at_the_offset_when_it_is_read()
    {
        using var folder = new LogFolder { Options = new RocksDbLogOptions { Directory = "", VerifyOnOpen = TimeSpan.Zero, VerifyBytesPerSecond = 0 } };
        await FillAsync(folder, closed: true);
        var file = Directory.GetFiles(folder.Path, "*.sst").MaxBy(path => new FileInfo(path).Length)!;
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        await using var log = folder.Open();
        var damaged = 0;
        for (var partition = 0; partition < 2; partition++)
        {
            using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
            long next = 0;
            try
            {
                while (await reader.ReadAsync(TimeSpan.Zero, CancellationToken.None))
                {
                    foreach (var record in reader.Records)
                        Assert.Equal(next++, record.Offset);
                }
                Assert.Equal(Records, next);
            }
            catch (LogCorruptException error)
            {
                damaged++;
                Assert.True(next < Records);
                Assert.Contains($"events/{partition}: damaged at offset {next}", error.Message, StringComparison.Ordinal);
                // And again: it is not stepped over.
                await Assert.ThrowsAsync<LogCorruptException>(() => reader.ReadAsync(TimeSpan.Zero, CancellationToken.None).AsTask());
            }
        }
        Assert.Equal(1, damaged);
    }

    [Theory]
    [InlineData("*.sst", "delete")]
    [InlineData("*.sst", "empty")]
    [InlineData("*.sst", "half")]
    [InlineData("MANIFEST-*", "delete")]
    [InlineData("MANIFEST-*", "empty")]
    [InlineData("CURRENT", "delete")]
    [InlineData("CURRENT", "empty")]
    public async Task A_missing_or_cut_file_is_named_at_start(string pattern, string what)
    {
        using var pristine = new LogFolder();
        await FillAsync(pristine, closed: true);
        foreach (var name in Directory.GetFiles(pristine.Path, pattern).Select(path => Path.GetFileName(path)))
        {
            using var folder = CopyOf(pristine.Path);
            var file = Path.Combine(folder.Path, name);
            if (what == "delete")
                File.Delete(file);
            else
                File.WriteAllBytes(file, what == "empty" ? [] : File.ReadAllBytes(file)[..^(int)(new FileInfo(file).Length / 2)]);
            var error = Assert.Throws<LogCorruptException>(() => folder.Open());
            Assert.True(error.Message.Contains(name.TrimStart('0'), StringComparison.Ordinal), $"{what} {name}: {error.Message}");
        }
    }

    [Fact]
    public Task A_torn_end_of_the_write_ahead_log_costs_only_what_was_torn() => Seeds.EachAsync(unchanging: 1, fresh: 1, async seed =>
    {
        var random = new Random(seed);
        using var pristine = new LogFolder();
        var expected = await FillAsync(pristine, closed: false);
        for (var i = 0; i < 25; i++)
        {
            using var folder = CopyOf(pristine.Path);
            var file = Directory.GetFiles(folder.Path, "*.log").Order().Last();
            var bytes = File.ReadAllBytes(file);
            var used = Array.FindLastIndex(bytes, b => b != 0) + 1;
            File.WriteAllBytes(file, bytes[..random.Next(used)]);
            await using var log = folder.Open();
            foreach (var (partition, values) in expected)
            {
                var held = await log.ReadValuesAsync(partition.Topic, partition.Partition);
                Assert.True(held.SequenceEqual(values.Take(held.Count)), $"{partition} is no beginning of what was written; seed {seed}");
            }
            await log.AppendAsync("events", 0, "goes on");
        }
    });

    [Fact]
    public Task A_flipped_bit_in_the_middle_of_the_write_ahead_log_is_found_at_start() => Seeds.EachAsync(unchanging: 1, fresh: 1, async seed =>
    {
        var random = new Random(seed);
        using var pristine = new LogFolder();
        var expected = await FillAsync(pristine, closed: false);
        for (var i = 0; i < 25; i++)
        {
            using var folder = CopyOf(pristine.Path);
            var file = Directory.GetFiles(folder.Path, "*.log").Order().Last();
            var bytes = File.ReadAllBytes(file);
            var used = Array.FindLastIndex(bytes, b => b != 0) + 1;
            // Not in the last blocks, where a bad length cannot be told from a torn end.
            var at = random.Next(used - (64 << 10));
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            Assert.True(
                await OpenAndCompareAsync(folder, expected, $"bit flipped in byte {at} of {used}, seed {seed}"),
                $"bit flipped in byte {at} of {used} of the write-ahead log was not found; seed {seed}");
        }
    });

    [Fact]
    public async Task A_write_ahead_log_that_is_gone_is_noticed()
    {
        using var pristine = new LogFolder();
        await FillAsync(pristine, closed: false);
        using var folder = CopyOf(pristine.Path);
        foreach (var file in Directory.GetFiles(folder.Path, "*.log"))
            File.Delete(file);
        Assert.Throws<LogCorruptException>(() => folder.Open());
    }

    /// <summary>Two sizeable and two small partitions. Not closed: the folder is what kill -9 would leave, memory not flushed.</summary>
    private static async Task<Dictionary<TopicPartition, List<string>>> FillAsync(LogFolder folder, bool closed)
    {
        var random = new Random(7);
        var expected = new Dictionary<TopicPartition, List<string>>();
        var source = closed ? folder : new LogFolder();
        var log = source.Open();
        foreach (var topic in (TopicDefinition[])[LogFolder.Events, LogFolder.Small])
        {
            for (var partition = 0; partition < topic.Partitions; partition++)
            {
                var count = topic.Large ? Records : 30;
                var values = Enumerable.Range(0, count).Select(n => $"{n}:{Convert.ToHexString(Noise(random))}").ToList();
                for (var i = 0; i < count; i += 50)
                    await log.AppendAsync(topic.Name, partition, values.Skip(i).Take(50));
                expected.Add(new TopicPartition(topic.Name, partition), values);
            }
        }
        if (!closed)
            Copy(source.Path, folder.Path);
        await log.DisposeAsync();
        if (!closed)
            source.Dispose();
        return expected;
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(60)];
        random.NextBytes(noise);
        return noise;
    }

    /// <summary>True when the damage was reported. Fails when it was not and the data is not what it was.</summary>
    private static async Task<bool> OpenAndCompareAsync(LogFolder folder, Dictionary<TopicPartition, List<string>> expected, string what)
    {
        try
        {
            await using var log = folder.Open();
            foreach (var (partition, values) in expected)
                Assert.True(values.SequenceEqual(await log.ReadValuesAsync(partition.Topic, partition.Partition)), $"{partition} changed in silence: {what}");
            return false;
        }
        catch (LogException error) when (error is LogCorruptException or LogSettingsException)
        {
            return true;
        }
    }

    private static string Pick(string path, Random random, params string[] patterns)
    {
        var files = patterns.SelectMany(pattern => Directory.GetFiles(path, pattern.StartsWith('.') ? "*" + pattern : pattern)).Order().ToArray();
        return files[random.Next(files.Length)];
    }

    private static LogFolder CopyOf(string path)
    {
        var folder = new LogFolder();
        Copy(path, folder.Path);
        return folder;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) is not ("LOCK" or "LOG")))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
