using System.Collections.Concurrent;

namespace Tidemark.Collector.Intake;

/// <summary>Keeps readers with their buffers between requests: as many as can work at a time, since a reader is held only while it computes.</summary>
internal sealed class BatchReaders(CollectorOptions options, Random random)
{
    private readonly ConcurrentBag<BatchReader> _idle = [];

    internal BatchReader Get() => _idle.TryTake(out var reader) ? reader : new BatchReader(options, random);

    internal void Return(BatchReader reader)
    {
        if (_idle.Count < Environment.ProcessorCount * 2)
            _idle.Add(reader);
    }
}
