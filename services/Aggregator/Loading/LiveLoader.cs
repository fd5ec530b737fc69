using Tidemark.Aggregator.Tables;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Loads open sessions. Their table keeps the row of the highest revision, so sending records twice is harmless: no plan, the group's position is enough.
/// </summary>
internal sealed class LiveLoader(LoaderServices services, IPartitionOwnership ownership)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly TopicPartition _source = ownership.Partition;

    public long Position { get; private set; }

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        Position = Math.Max(ownership.Position, services.Log.Range(_source).Start);
        using var records = new WholeTopic(services.Log, _source);
        using var reader = services.Log.OpenReader(_source, Position);
        while (true)
        {
            if (!await records.WaitAsync(Position, Wait, stop))
                continue;
            var begun = services.Time.GetTimestamp();
            using (var lease = await services.Blocks.RentAsync(_source.Topic, stop))
                await LoadAsync(lease.Block, reader, abort);
            stop.ThrowIfCancellationRequested();
            var pause = services.Options.SmallInterval - services.Time.GetElapsedTime(begun);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, services.Time, stop);
        }
    }

    private async Task LoadAsync(TopicBlock block, ILogReader reader, CancellationToken cancellation)
    {
        block.Begin(_source);
        if (reader.Position != Position)
            reader.Seek(Position);
        var next = Position;
        while (block.Rows < services.Options.MaxBatchRows && block.RecordBytes < services.Options.MaxBatchBytes && await reader.ReadAsync(TimeSpan.Zero, cancellation))
        {
            foreach (var record in reader.Records)
            {
                if (record.Offset < next)
                    continue;
                block.Add(in record);
                next = record.Offset + 1;
            }
        }
        if (block.Rows > 0)
            await services.Sender.SendUnplannedAsync(block, cancellation);
        Position = next;
        await ownership.CommitPositionAsync(next, cancellation);
    }
}
