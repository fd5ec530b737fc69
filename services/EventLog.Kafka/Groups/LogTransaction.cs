namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>Collects outputs in memory; nothing reaches the brokers before the commit, so disposing it has nothing to undo.</summary>
internal sealed class LogTransaction(PartitionOwnership owner, TransactionOutputs outputs, Action<TopicPartition> checkTarget) : ILogTransaction
{
    private bool _ended;
    private bool _inFlight;

    public string? Trace { get; set; }

    public void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        checkTarget(target);
        outputs.Add(target, key, value, timestampMs);
    }

    public async ValueTask CommitAsync(long position, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _ended = true;
        _inFlight = true;
        outputs.Trace = Trace;
        try
        {
            await owner.CommitAsync(outputs, position, cancellation).ConfigureAwait(false);
        }
        catch (LogTransactionAbortedException)
        {
            // The outputs are here still: it may be committed again.
            _ended = false;
            throw;
        }
        finally
        {
            _inFlight = false;
        }
    }

    public void Dispose()
    {
        if (_inFlight)
            throw new InvalidOperationException("A transaction cannot be disposed while it commits.");
        _ended = true;
        owner.End(this);
    }
}
