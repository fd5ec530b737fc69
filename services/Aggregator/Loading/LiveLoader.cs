using Tidemark.Aggregator.Tables;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Loads open sessions. Their table keeps the row of the highest revision, so sending records twice is harmless: no plan, the group's position is enough.
/// </summary>
internal sealed class LiveLoader(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status)
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    private readonly TopicPartition _source = ownership.Partition;

    private readonly TraceLinks _traces = new(AggregatorTracing.Source);

    private string _topicId = "";

    public long Position { get; private set; }

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        _topicId = await services.Log.IdentityAsync(_source.Topic, stop);
        // Kept for a day only: what retention took while no loader ran are sessions that have long been closed.
        var range = await services.Log.RangeAsync(_source, stop);
        // A position beyond the end is that of a topic which was made anew since.
        Position = ownership.Position > range.End ? range.Start : Math.Max(ownership.Position, range.Start);
        using var reader = new HeldReader(services.Log.OpenReader(_source, Position));
        while (true)
        {
            var any = await reader.ReadAsync(Position, _wait, stop);
            status.Waits(reader.Lag(Position));
            if (!any)
            {
                status.Idle();
                continue;
            }
            var begun = services.Time.GetTimestamp();
            using (var lease = await services.Blocks.RentAsync(_source.Topic, stop))
                await LoadAsync(lease.Block, reader, abort);
            stop.ThrowIfCancellationRequested();
            var pause = services.Options.SmallInterval - services.Time.GetElapsedTime(begun);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, services.Time, stop);
        }
    }

    private async Task LoadAsync(TopicBlock block, HeldReader reader, CancellationToken cancellation)
    {
        block.Begin(_source);
        var next = Position;
        while (block.Rows < services.Options.MaxBatchRows && block.RecordBytes < services.Options.MaxBatchBytes && await reader.ReadAsync(next, TimeSpan.Zero, cancellation))
        {
            var from = next;
            foreach (var record in reader.Records)
            {
                if (record.Offset < next)
                    continue;
                block.Add(in record);
                next = record.Offset + 1;
            }
            _traces.Add(reader.Traces, from, next);
        }
        if (await services.Log.IdentityAsync(_source.Topic, cancellation) != _topicId)
        {
            // Its reader goes on at the same offset, which is nothing in the new topic. What is open there is told of again when it changes.
            await ownership.CommitPositionAsync(0, cancellation);
            throw new LogUnavailableException($"{_source} was deleted and made anew; it is read from its start");
        }
        status.Oldest.From(block.OldestRecordMs);
        using (AggregatorTracing.Load(_source, _traces, block.Rows))
        {
            if (block.Rows > 0)
                await services.Sender.SendUnplannedAsync(block, cancellation);
        }
        _traces.Clear();
        Position = next;
        status.Loaded(next, reader.Lag(next), block.NewestRecordMs);
        await ownership.CommitPositionAsync(next, cancellation);
    }
}
