using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>A member's time as owner of a partition: from being given it, over fencing the former owner and learning the position, to having let go of it.</summary>
internal sealed class Tenure : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private readonly GroupServices _services;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _over = new();
    private long _position;

    internal Tenure(GroupServices services, Membership member, TopicPartition partition) => (_services, Member, Partition) = (services, member, partition);

    internal Membership Member { get; }

    internal TopicPartition Partition { get; }

    /// <summary>Of the process: completes when it has let go.</summary>
    internal Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>The committed position.</summary>
    internal long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Asks the process to let go.</summary>
    internal CancellationToken Lost => _lost.Token;

    /// <summary>From here on nothing can be committed: the process has let go, or the partition may be another's already.</summary>
    internal CancellationToken Over => _over.Token;

    internal bool IsOver => _over.IsCancellationRequested;

    internal void Ask() => _lost.Cancel();

    internal void End()
    {
        _lost.Cancel();
        _over.Cancel();
    }

    /// <summary>Asks the group's coordinator; waits while it is away. Blocks.</summary>
    /// <param name="producer">Of the partition; null in a group without transactions.</param>
    internal long CommittedPosition(PartitionProducer? producer)
    {
        var place = new Confluent.Kafka.TopicPartition(_services.Options.TopicPrefix + Partition.Topic, Partition.Partition);
        while (true)
        {
            Over.ThrowIfCancellationRequested();
            try
            {
                var committed = Member.Committed(place, _patience);
                if (committed.Value >= 0)
                    return committed.Value;
                return _services.RangeAsync(Partition).GetAwaiter().GetResult().Start;
            }
            catch (Exception failed) when (failed is KafkaException or LogUnavailableException or ObjectDisposedException)
            {
                // Mostly the brokers are away. When they are not, a transaction that nobody ends may hold the position.
                if (failed is KafkaException)
                    producer?.FreePosition();
                // The last: the membership broke under this tenure, which is about to hear that it is over.
                Over.WaitHandle.WaitOne(_pause);
            }
        }
    }

    public void Dispose()
    {
        End();
    }
}
