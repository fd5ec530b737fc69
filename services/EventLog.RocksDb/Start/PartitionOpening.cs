using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>Finds where a partition begins and ends, and checks that both ends are what they must be.</summary>
internal static class PartitionOpening
{
    internal static void Restore(LogStore store, Partition partition, long start)
    {
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        using var cursor = store.Read(partition.ColumnFamily, sequential: false);
        cursor.SeekBack(partition.Key(long.MaxValue, key));
        Check(cursor, partition, start);

        partition.Start = start;
        partition.StagedStart = start;
        var next = new BatchCursor(start, 0, 0);
        if (cursor.Valid && cursor.Key.StartsWith(partition.KeyPrefix))
        {
            var baseOffset = partition.OffsetOf(cursor.Key);
            var batch = cursor.Value;
            if (!BatchHeader.TryRead(batch, out var header) || !BatchHeader.ChecksumMatches(batch, baseOffset))
                throw StoreErrors.AtRead(partition.Id, baseOffset, "the newest batch does not match its checksum");
            if (baseOffset + header.Count > start)
                next = new BatchCursor(baseOffset + header.Count, header.BytesBefore + batch.Length, header.AppendedMs);
        }
        partition.Committed = next;
        partition.Staged = next;
        partition.End = next.Offset;
        if (next.Offset > start)
            CheckFirst(cursor, partition, start);
    }

    private static void CheckFirst(StoreCursor cursor, Partition partition, long start)
    {
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        cursor.Seek(partition.Key(start, key));
        Check(cursor, partition, start);
        if (!cursor.Valid || !cursor.Key.StartsWith(partition.KeyPrefix) || partition.OffsetOf(cursor.Key) != start)
            throw StoreErrors.AtRead(partition.Id, start, "the first batch is missing");
    }

    private static void Check(StoreCursor cursor, Partition partition, long offset)
    {
        if (!cursor.Valid && cursor.Error() is { } error)
            throw StoreErrors.AtRead(partition.Id, offset, error);
    }
}
