using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>Holds nothing; when it is answered, everything that was queued before it is in the log for good or refused.</summary>
internal sealed class PendingBarrier : PendingWrite
{
    internal override void Stage(Commit commit)
    {
    }
}
