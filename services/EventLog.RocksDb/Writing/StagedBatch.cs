using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>A batch that is in the running commit and will be visible when that is durable.</summary>
internal readonly record struct StagedBatch(Partition Partition, TailBatch Batch);
