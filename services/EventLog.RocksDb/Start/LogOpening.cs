using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>Opens the store and everything in it that the definitions name; makes what is missing; refuses what does not fit.</summary>
internal static class LogOpening
{
    internal static LogStore OpenStore(RocksDbLogOptions options)
    {
        var directory = Path.GetFullPath(options.Directory);
        FolderCheck.Run(directory);
        if (File.Exists(Path.Combine(directory, "CURRENT")))
            ManifestCheck.Run(directory);
        return LogStore.Open(directory, options);
    }

    internal static PartitionTable OpenTopics(LogStore store, RocksDbLogOptions options, IReadOnlyList<TopicDefinition> topics)
    {
        var catalog = new CatalogReader(store);
        CheckFormat(catalog, store);
        var known = catalog.Topics();
        var nextId = known.Count == 0 ? 1 : known.Values.Max(layout => layout.Id) + 1;
        using var batch = new StoreBatch();
        batch.Put(store.MetaFamily, Catalog.FormatKey, System.Text.Encoding.UTF8.GetBytes(Catalog.Format));
        if (catalog.Identity() is not { } identity)
            batch.Put(store.MetaFamily, Catalog.IdentityKey, System.Text.Encoding.UTF8.GetBytes(identity = NewIdentity()));
        var layouts = new Dictionary<string, TopicLayout>();
        foreach (var topic in topics)
        {
            if (!known.TryGetValue(topic.Name, out var layout))
            {
                layout = new TopicLayout(nextId++, topic.Partitions, topic.Large);
                batch.Put(store.MetaFamily, Catalog.TopicKey(topic.Name), layout.Write());
            }
            if (layout.Partitions != topic.Partitions)
            {
                throw new LogSettingsException(
                    $"The topic {topic.Name} in {store.Directory} has {layout.Partitions} partitions and {topic.Partitions} are asked for. Keys would land elsewhere, " +
                    $"so this cannot be changed: ask for {layout.Partitions}, or use another folder.");
            }
            layouts.Add(topic.Name, layout);
        }
        CreateFamilies(store, options, layouts);
        store.Write(batch);
        return Table(store, options, topics, layouts, catalog, identity);
    }

    /// <summary>As Kafka writes its topic ids: 128 bits in base 64 for URLs.</summary>
    private static string NewIdentity() => System.Buffers.Text.Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());

    private static void CheckFormat(CatalogReader catalog, LogStore store)
    {
        if (catalog.Format() is { } format && format != Catalog.Format)
        {
            throw new LogSettingsException(
                $"The folder {store.Directory} was written in format {format}; this version reads format {Catalog.Format}. Use the version that wrote it, or another folder.");
        }
    }

    private static void CreateFamilies(LogStore store, RocksDbLogOptions options, Dictionary<string, TopicLayout> layouts)
    {
        Create(Catalog.SmallFamily);
        foreach (var (name, layout) in layouts)
        {
            for (var i = 0; layout.Large && i < layout.Partitions; i++)
                Create(Catalog.LargeFamily(new TopicPartition(name, i)));
        }

        void Create(string family)
        {
            if (!store.HasColumnFamily(family))
                store.CreateColumnFamily(family, options);
        }
    }

    private static PartitionTable Table(
        LogStore store, RocksDbLogOptions options, IReadOnlyList<TopicDefinition> topics, Dictionary<string, TopicLayout> layouts, CatalogReader catalog, string identity)
    {
        var index = 0;
        var table = new Dictionary<string, Partition[]>();
        foreach (var topic in topics)
        {
            var layout = layouts[topic.Name];
            var partitions = new Partition[topic.Partitions];
            for (var i = 0; i < partitions.Length; i++)
            {
                var id = new TopicPartition(topic.Name, i);
                var family = store.ColumnFamily(layout.Large ? Catalog.LargeFamily(id) : Catalog.SmallFamily);
                var prefix = layout.Large ? [] : Catalog.SmallPrefix(layout.Id, i);
                var tailBytes = layout.Large ? options.TailCacheBytes : options.TailCacheBytes / 8;
                partitions[i] = new Partition(index++, id, topic, family, prefix, tailBytes);
                PartitionOpening.Restore(store, partitions[i], catalog.Start(id));
            }
            table.Add(topic.Name, partitions);
        }
        return new PartitionTable(table, identity);
    }
}
