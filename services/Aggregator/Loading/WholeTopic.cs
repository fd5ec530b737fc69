using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>Every committed record of the partition, as soon as it is there.</summary>
internal sealed class WholeTopic(HeldReader reader) : LoadSource
{
    public override long Limit => long.MaxValue;

    public override long Waiting(long position) => Math.Max(0, reader.End - position);

    public override ValueTask<bool> WaitAsync(long position, TimeSpan wait, CancellationToken cancellation) => reader.ReadAsync(position, wait, cancellation);
}
