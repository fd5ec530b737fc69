using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// One commit: begin, outputs, input position, end. Before the end is asked for, any failure is an abort; from then on only the log knows, and it is asked:
/// a new producer ends the transaction one way or the other, and the committed position says which.
/// </summary>
internal sealed class TransactionCommit(GroupServices services, Tenure tenure, PartitionProducer producer)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when it is done. Blocks.</summary>
    internal void Run(TransactionOutputs outputs, long position)
    {
        var begun = Environment.TickCount64;
        while (true)
        {
            if (tenure.IsOver)
                throw Fenced(null);
            if (Try(outputs, position, begun))
                return;
        }
    }

    /// <summary>False: it was rolled back, the partition is still ours, and trying again is worth it.</summary>
    private bool Try(TransactionOutputs outputs, long position, long begun)
    {
        var ending = false;
        try
        {
            var ready = producer.Ready();
            ready.BeginTransaction();
            PartitionProducer.Produce(ready, outputs, services.Options.TopicPrefix);
            var offset = new TopicPartitionOffset(
                new Confluent.Kafka.TopicPartition(services.Options.TopicPrefix + tenure.Partition.Topic, tenure.Partition.Partition), position);
            SendPosition(ready, offset, begun);
            services.BeforeCommit?.Invoke();
            ending = true;
            ready.CommitTransaction(services.Options.TransactionTimeout);
            return true;
        }
        catch (OperationCanceledException)
        {
            throw Fenced(null);
        }
        catch (ObjectDisposedException closed)
        {
            // The log closes, or the membership went while the outputs were sent; the next owner's producer ends what is open.
            producer.Drop();
            if (ending)
                throw new LogOutcomeUnknownException($"{tenure.Partition}: the log was closed while a commit was under way.", closed);
            throw Fenced(closed);
        }
        catch (KafkaTxnRequiresAbortException failed)
        {
            Abort();
            if (IsMembership(failed.Error.Code) && WaitForMembership(begun))
                return false;
            if (tenure.IsOver)
                throw Fenced(failed);
            throw new LogTransactionAbortedException($"{tenure.Partition}: the transaction was rolled back ({failed.Error.Reason}).", failed);
        }
        catch (KafkaException failed)
        {
            producer.Drop();
            var fenced = IsFencing(failed.Error.Code);
            // A member that slept is fenced before it knows; one that still owns the partition was only slower than the transaction timeout.
            if (fenced && !StillOwns())
            {
                if (!ending)
                    throw Fenced(failed);
                throw new LogOutcomeUnknownException($"{tenure.Partition}: the partition was lost while its commit was under way ({failed.Error.Reason}).", failed);
            }
            if (ending)
                Settle(position, failed);
            else
                throw new LogTransactionAbortedException($"{tenure.Partition}: the transaction was not stored ({failed.Error.Reason}).", failed);
            return true;
        }
    }

    private void SendPosition(IProducer<byte[]?, byte[]> ready, TopicPartitionOffset offset, long begun)
    {
        while (true)
        {
            try
            {
                ready.SendOffsetsToTransaction([offset], tenure.Member.Metadata(), services.Options.TransactionTimeout);
                return;
            }
            catch (KafkaRetriableException) when (!tenure.IsOver && Environment.TickCount64 - begun < services.Options.TransactionTimeout.TotalMilliseconds)
            {
                Thread.Sleep(_pause);
            }
        }
    }

    private void Abort()
    {
        try
        {
            producer.Ready().AbortTransaction(services.Options.TransactionTimeout);
        }
        catch (Exception failed) when (failed is KafkaException or OperationCanceledException)
        {
            // Its end was never asked for, so it can only be aborted: by the next producer, or by the brokers after the timeout.
            producer.Drop();
        }
    }

    /// <summary>Returns when the commit is done after all; throws when it is not, or when nobody can say.</summary>
    private void Settle(long position, KafkaException failed)
    {
        services.Logger.OutcomeUnknown(tenure.Partition, failed.Error.Reason);
        long committed;
        try
        {
            producer.Ready();
            committed = tenure.CommittedPosition(producer);
        }
        catch (OperationCanceledException)
        {
            throw new LogOutcomeUnknownException($"{tenure.Partition}: the commit's answer was lost, and then the partition ({failed.Error.Reason}).", failed);
        }
        var before = tenure.Position;
        if (committed == position && position != before)
        {
            services.Logger.OutcomeKnown(tenure.Partition, position, "done");
            return;
        }
        if (committed == before && position != before)
        {
            services.Logger.OutcomeKnown(tenure.Partition, position, "not done");
            throw new LogTransactionAbortedException($"{tenure.Partition}: the transaction was not stored ({failed.Error.Reason}).", failed);
        }
        tenure.Position = committed;
        throw new LogOutcomeUnknownException($"{tenure.Partition}: the commit's answer was lost ({failed.Error.Reason}); the log's position is {committed}.", failed);
    }

    /// <summary>The group has moved on to a generation that this member has not joined yet. True when it has, and the partition is still its own.</summary>
    private bool WaitForMembership(long begun) =>
        !tenure.Over.WaitHandle.WaitOne(_pause) && Environment.TickCount64 - begun < services.Options.SessionTimeout.TotalMilliseconds;

    /// <summary>Waits until the next heartbeats have told whether this member is still one.</summary>
    private bool StillOwns() => !tenure.Over.WaitHandle.WaitOne(services.MembershipIsKnownAfter);

    private LogFencedException Fenced(Exception? cause) => new($"{tenure.Partition} is another member's now; nothing was stored.", cause);

    private static bool IsMembership(ErrorCode code) =>
        code is ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId;

    private static bool IsFencing(ErrorCode code) =>
        code is ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.Local_Fenced or ErrorCode.InvalidProducerIdMapping or ErrorCode.Local_Fatal;
}
