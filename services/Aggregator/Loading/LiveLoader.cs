using Tidemark.Aggregator.Tables;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Loads open sessions. Their table keeps the row of the highest revision, so sending records twice is harmless: no plan, the group's position is enough.
/// </summary>
internal sealed class LiveLoader : IPartitionRun
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    private readonly LoaderServices _services;
    private readonly IPartitionOwnership _ownership;
    private readonly PartitionLoad _status;
    private readonly CancellationToken _abort;
    private readonly TopicPartition _source;
    private readonly TraceLinks _traces = new(AggregatorTracing.Source);
    private readonly HeldReader _reader;
    private readonly string _topicId;

    private LiveLoader(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status, string topicId, long position, CancellationToken abort)
    {
        (_services, _ownership, _source, _status, _topicId, _abort) = (services, ownership, ownership.Partition, status, topicId, abort);
        Position = position;
        status.Opened(position);
        _reader = new HeldReader(services.Log.OpenReader(_source, position));
    }

    public long Position { get; private set; }

    /// <param name="abort">Ends a batch that is under way.</param>
    public static async ValueTask<LiveLoader> OpenAsync(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status, CancellationToken stop, CancellationToken abort)
    {
        var topicId = await services.Log.IdentityAsync(ownership.Partition.Topic, stop);
        // Kept for a day only: what retention took while no loader ran are sessions that have long been closed.
        var range = await services.Log.RangeAsync(ownership.Partition, stop);
        // A position beyond the end is that of a topic which was made anew since.
        var position = ownership.Position > range.End ? range.Start : Math.Max(ownership.Position, range.Start);
        return new LiveLoader(services, ownership, status, topicId, position, abort);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var any = await _reader.ReadAsync(Position, _wait, stop);
            _status.Waits(_reader.Lag(Position));
            if (!any)
            {
                _status.GoOn();
                continue;
            }
            var begun = _services.Time.GetTimestamp();
            using (var lease = await _services.Blocks.RentAsync(_source.Topic, stop))
                await LoadAsync(lease.Block, _abort);
            stop.ThrowIfCancellationRequested();
            var pause = _services.Options.SmallInterval - _services.Time.GetElapsedTime(begun);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, _services.Time, stop);
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task LoadAsync(TopicBlock block, CancellationToken cancellation)
    {
        block.Begin(_source);
        var next = Position;
        while (block.Rows < _services.Options.MaxBatchRows && block.RecordBytes < _services.Options.MaxBatchBytes && await _reader.ReadAsync(next, TimeSpan.Zero, cancellation))
        {
            var from = next;
            foreach (var record in _reader.Records)
            {
                if (record.Offset < next)
                    continue;
                block.Add(in record);
                next = record.Offset + 1;
            }
            _traces.Add(_reader.Traces, from, next);
        }
        if (await _services.Log.IdentityAsync(_source.Topic, cancellation) != _topicId)
        {
            // Its reader goes on at the same offset, which is nothing in the new topic. What is open there is told of again when it changes.
            await _ownership.CommitPositionAsync(0, cancellation);
            throw new LogUnavailableException($"{_source} was deleted and made anew; it is read from its start");
        }
        _status.Oldest.From(block.OldestRecordMs);
        using (AggregatorTracing.Load(_source, _traces, block.Rows))
        {
            if (block.Rows > 0)
                await _services.Sender.SendUnplannedAsync(block, cancellation);
        }
        _traces.Clear();
        Position = next;
        _status.Loaded(next, _reader.Lag(next), block.NewestRecordMs);
        await _ownership.CommitPositionAsync(next, cancellation);
    }
}
