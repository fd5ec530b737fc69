using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>
/// Reads all batches against their checksums, newest first, since those are what a crash can have touched and what will be read next: as much as fits the time
/// at start, the rest in the background at a modest pace.
/// </summary>
internal sealed class Verification(LogStore store, PartitionTable partitions, RocksDbLogOptions options, ILogger logger)
{
    private const int StepBytes = 4 << 20;
    private readonly long[] _downTo = [.. partitions.All.Select(partition => partition.End)];

    internal long Bytes { get; private set; }

    /// <summary>Throws <see cref="LogCorruptException"/>, naming partition and offset, at the first damage.</summary>
    internal void RunAtStart()
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < options.VerifyOnOpen && Round() > 0)
        {
        }
    }

    internal async Task RunInBackgroundAsync(CancellationToken cancellation)
    {
        if (options.VerifyBytesPerSecond == 0)
            return;
        try
        {
            long read;
            while ((read = Round()) > 0)
                await Task.Delay(TimeSpan.FromSeconds((double)read / options.VerifyBytesPerSecond), cancellation).ConfigureAwait(false);
            logger.Verified(Bytes);
        }
        catch (LogCorruptException damage)
        {
            // Readers are told when they come to the place; here it is found before they do.
            logger.DamageFound(damage);
        }
        catch (ObjectDisposedException)
        {
            // The log closed first.
        }
    }

    /// <summary>One step down each partition; the bytes read, zero when all is done.</summary>
    private long Round()
    {
        long bytes = 0;
        foreach (var partition in partitions.All)
            bytes += Step(partition, ref _downTo[partition.Index]);
        Bytes += bytes;
        return bytes;
    }

    private long Step(Partition partition, ref long downTo)
    {
        var start = partition.Start;
        if (downTo <= start)
            return 0;
        long bytes = 0;
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        using var cursor = store.Read(partition.ColumnFamily, sequential: true);
        for (cursor.SeekBack(partition.Key(downTo - 1, key)); bytes < StepBytes && downTo > start; cursor.Previous())
        {
            var error = cursor.Valid ? null : cursor.Error();
            var baseOffset = cursor.Valid && cursor.Key.StartsWith(partition.KeyPrefix) ? partition.OffsetOf(cursor.Key) : -1;
            var batch = baseOffset < 0 ? [] : cursor.Value;
            if (!BatchHeader.TryRead(batch, out var header) || baseOffset + header.Count != downTo)
            {
                // It may have been trimmed before the cursor was opened.
                if (error is null && partition.StagedStart > start)
                    return bytes;
                throw StoreErrors.AtRead(partition.Id, downTo - 1, error ?? "the batch that held it is missing");
            }
            if (!BatchHeader.ChecksumMatches(batch, baseOffset))
                throw StoreErrors.AtRead(partition.Id, baseOffset, "its batch does not match its checksum");
            bytes += batch.Length;
            downTo = baseOffset;
        }
        return bytes;
    }
}
