using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Processing;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>A partition as the service runs it; its pauses are the same in every run.</summary>
internal static class Worked
{
    public static Task<bool> RunUntilStoppedAsync(MemoryLog log, MemoryLog.Ownership ownership, PartitionWorker worker, SessionizerPartition status, VirtualTime time) =>
        new PartitionRunner(log, ownership, worker, status, PartitionRunner.Pauses(jitter: null), time).RunUntilStoppedAsync(CancellationToken.None);
}
