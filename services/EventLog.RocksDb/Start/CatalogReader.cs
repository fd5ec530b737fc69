using System.Text;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>Reads the log's notes about itself once, when it opens.</summary>
internal sealed class CatalogReader
{
    private readonly List<(byte[] Key, byte[] Value)> _entries = [];

    internal CatalogReader(LogStore store)
    {
        using var cursor = store.Read(store.MetaFamily, sequential: true);
        for (cursor.Seek([0]); cursor.Valid; cursor.Next())
            _entries.Add((cursor.Key.ToArray(), cursor.Value.ToArray()));
        if (cursor.Error() is { } error)
            throw StoreErrors.AtOpen(store.Directory, error);
    }

    internal string? Format() => Value(Catalog.FormatKey) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Null for a log of a version that did not give one.</summary>
    internal string? Identity() => Value(Catalog.IdentityKey) is { } value ? Encoding.UTF8.GetString(value) : null;

    internal long Start(TopicPartition partition) => Value(Catalog.StartKey(partition)) is { } value ? Catalog.Offset(value) : 0;

    internal Dictionary<string, TopicLayout> Topics()
    {
        var topics = new Dictionary<string, TopicLayout>();
        foreach (var (name, value) in WithPrefix("topic/"))
        {
            topics[name] = TopicLayout.Read(value) ??
                throw new LogSettingsException($"The log's note on topic {name} cannot be read; it was written by another version.");
        }
        return topics;
    }

    internal IEnumerable<(string Group, TopicPartition Partition, long Position)> Groups()
    {
        foreach (var (key, value) in _entries)
        {
            if (key.AsSpan().StartsWith("group/"u8) && Catalog.ReadGroupKey(key) is { } read)
                yield return (read.Group, read.Partition, Catalog.Offset(value));
        }
    }

    private IEnumerable<(string Name, byte[] Value)> WithPrefix(string prefix)
    {
        foreach (var (key, value) in _entries)
        {
            var text = Encoding.UTF8.GetString(key);
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                yield return (text[prefix.Length..], value);
        }
    }

    private byte[]? Value(byte[] key) => _entries.Find(entry => entry.Key.AsSpan().SequenceEqual(key)).Value;
}
