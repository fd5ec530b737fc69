using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>Every committed record of the partition, as soon as it is there.</summary>
internal sealed class WholeTopic(IEventLog log, TopicPartition source) : LoadSource
{
    private ILogReader? _waiter;

    public override long Limit => log.Range(source).End;

    public override async ValueTask<bool> WaitAsync(long position, TimeSpan wait, CancellationToken cancellation)
    {
        if (Limit > position)
            return true;
        _waiter ??= log.OpenReader(source, position);
        if (_waiter.Position != position)
            _waiter.Seek(position);
        return await _waiter.ReadAsync(wait, cancellation);
    }

    public override void Dispose() => _waiter?.Dispose();
}
