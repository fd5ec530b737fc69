using System.Buffers.Binary;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>Puts what the rules emit into the open transaction; output partition = input partition.</summary>
internal sealed class TransactionOutput(int partition, TimeProvider time) : ISessionOutput
{
    private readonly TopicPartition _sessions = new(Topics.Sessions, partition);
    private readonly TopicPartition _live = new(Topics.LiveSessions, partition);
    private long _now;

    private ILogTransaction _transaction = null!;

    public long First { get; private set; }

    public long Retractions { get; private set; }

    public long Corrections { get; private set; }

    public long LiveRows { get; private set; }

    public long ClosedImports { get; private set; }

    public long UndoneImports { get; private set; }

    public long Rows => First + Retractions + Corrections + LiveRows + ClosedImports + UndoneImports;

    public void Use(ILogTransaction transaction)
    {
        _transaction = transaction;
        _now = time.GetUtcNow().ToUnixTimeMilliseconds();
        First = Retractions = Corrections = LiveRows = ClosedImports = UndoneImports = 0;
    }

    public void Row(ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> message, SessionRowKind kind)
    {
        _transaction.Append(_sessions, visitorId, message, _now);
        switch (kind)
        {
            case SessionRowKind.First:
                First++;
                break;
            case SessionRowKind.Retraction:
                Retractions++;
                break;
            default:
                Corrections++;
                break;
        }
    }

    public void Live(long sessionId, ReadOnlySpan<byte> message)
    {
        Span<byte> key = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(key, sessionId);
        _transaction.Append(_live, key, message, _now);
        LiveRows++;
    }

    public void Closed(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
    {
        _transaction.Append(_sessions, importId, message, _now);
        ClosedImports++;
    }

    public void Undone(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message)
    {
        _transaction.Append(_sessions, importId, message, _now);
        UndoneImports++;
    }
}
