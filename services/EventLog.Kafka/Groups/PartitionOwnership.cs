using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>What the process of a partition holds. Commits run on the tenure's own thread, one at a time.</summary>
internal sealed class PartitionOwnership(GroupServices services, Tenure tenure, SerialThread? thread, PartitionProducer? producer)
    : IPartitionOwnership, IDisposable
{
    private readonly TransactionOutputs _outputs = new();
    private LogTransaction? _open;

    public TopicPartition Partition => tenure.Partition;

    public long Position => tenure.Position;

    public ILogTransaction Begin()
    {
        if (producer is null)
            throw new InvalidOperationException($"{Partition}: the group was joined for positions only; it has no transactions.");
        if (_open is not null)
            throw new InvalidOperationException($"{Partition}: a transaction is open already; commit or dispose it first.");
        return _open = new LogTransaction(this, _outputs, services.CheckTarget);
    }

    public async ValueTask CommitPositionAsync(long position, CancellationToken cancellation)
    {
        if (producer is not null)
        {
            // A group with transactions has no other commits: they would not be fenced.
            await CommitAsync(new TransactionOutputs(), position, cancellation).ConfigureAwait(false);
            return;
        }
        cancellation.ThrowIfCancellationRequested();
        if (tenure.IsOver)
            throw new LogFencedException($"{Partition} is another member's now; the position was not stored.");
        try
        {
            // The client commits what is stored here once a second, and when the partition is handed over.
            tenure.Member.Store(new TopicPartitionOffset(
                new Confluent.Kafka.TopicPartition(services.Options.TopicPrefix + Partition.Topic, Partition.Partition), position));
            tenure.Position = position;
        }
        catch (Exception failed) when (failed is KafkaException or ObjectDisposedException)
        {
            throw new LogFencedException($"{Partition} is another member's now; the position was not stored.", failed);
        }
    }

    internal async ValueTask CommitAsync(TransactionOutputs outputs, long position, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var begun = services.Time.GetTimestamp();
        var outcome = "aborted";
        try
        {
            await thread!.RunAsync(() =>
            {
                new TransactionCommit(services, tenure, producer!).Run(outputs, position);
                tenure.Position = position;
                return true;
            }).ConfigureAwait(false);
            outcome = "committed";
        }
        catch (ObjectDisposedException closed)
        {
            outcome = "fenced";
            throw new LogFencedException($"{Partition} was given up; nothing was stored.", closed);
        }
        catch (LogFencedException)
        {
            outcome = "fenced";
            throw;
        }
        catch (LogOutcomeUnknownException)
        {
            outcome = "unknown";
            throw;
        }
        finally
        {
            services.Metrics.TransactionEnded(outcome, services.Time.GetElapsedTime(begun));
        }
    }

    internal void End(LogTransaction transaction)
    {
        if (!ReferenceEquals(_open, transaction))
            return;
        _outputs.Clear();
        _open = null;
    }

    /// <summary>The tenure is over. What a process left open stays readable to it, and is fenced when it is committed.</summary>
    public void Dispose()
    {
        if (_open is null)
            _outputs.Drop();
    }
}
