using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>Collects outputs in memory; nothing reaches the log before the commit, so an abort has nothing to undo.</summary>
internal sealed class LogTransaction(PartitionOwnership owner, TransactionOutputs outputs, Func<TopicPartition, Partition> find) : ILogTransaction
{
    private bool _ended;
    private bool _inFlight;

    public void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        outputs.Add(find(target), key, value, timestampMs);
    }

    /// <summary>Not carried: the record layout has no place for it, and in one process the commit's own trace says it all.</summary>
    public string? Trace { get; set; }

    public async ValueTask CommitAsync(long position, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _ended = true;
        _inFlight = true;
        try
        {
            await owner.CommitAsync(outputs, position, cancellation).ConfigureAwait(false);
        }
        catch (LogException failed) when (failed is LogUnavailableException or LogFullException)
        {
            // The outputs are here still: it may be committed again.
            _ended = false;
            throw new LogTransactionAbortedException($"The transaction was not stored: {failed.Message}", failed);
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
