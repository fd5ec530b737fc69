using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>An <see cref="AppendRequest"/> on its way into the log.</summary>
internal sealed class PendingAppend(Action<PendingAppend> giveBack) : PendingWrite
{
    private long[] _baseOffsets = [];
    private AppendRequest? _request;
    private Partition[] _partitions = [];

    internal void Begin(AppendRequest request, Partition[] partitions, long bytes, CancellationToken cancellation)
    {
        _request = request;
        _partitions = partitions;
        if (_baseOffsets.Length < partitions.Length)
            _baseOffsets = new long[partitions.Length];
        Begin(bytes, cancellation);
    }

    internal override void Stage(Commit commit)
    {
        for (var i = 0; i < _partitions.Length; i++)
        {
            var records = _request!.Records(i);
            if (records.Count > 0)
                _baseOffsets[i] = commit.Add(_partitions[i], records);
        }
    }

    protected override void Hand()
    {
        for (var i = 0; i < _partitions.Length; i++)
        {
            if (_request!.Records(i).Count > 0)
                _request.SetBaseOffset(i, _baseOffsets[i]);
        }
    }

    protected override void Recycle()
    {
        _request = null;
        giveBack(this);
    }
}
