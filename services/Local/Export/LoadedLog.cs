using Tidemark.Aggregator;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>Waits until the tables hold what the log held: what was answered 200 before an export is in it.</summary>
internal sealed class LoadedLog(IEventLog log, AggregatorService loader, TimeProvider time)
{
    /// <summary>How long the loader may get no further: its start and the sessionizer's recovery are much shorter for what a local edition holds.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    /// <exception cref="CommandFailedException">The loader gets no further.</exception>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        foreach (var topic in (string[])[Topics.Events, Topics.History])
        {
            for (var i = 0; i < log.PartitionCount(topic); i++)
            {
                var partition = new TopicPartition(topic, i);
                await WaitAsync(partition, (await log.RangeAsync(partition, cancellation)).End, cancellation);
            }
        }
    }

    private async Task WaitAsync(TopicPartition partition, long end, CancellationToken cancellation)
    {
        var (loaded, since) = (loader.LoadedTo(partition), time.GetTimestamp());
        while (loaded < end)
        {
            await Task.Delay(_look, time, cancellation);
            if (loader.LoadedTo(partition) is var now && now != loaded)
                (loaded, since) = (now, time.GetTimestamp());
            else if (time.GetElapsedTime(since) > _patience)
                throw new CommandFailedException(Stuck(partition, loaded, end));
        }
    }

    private string Stuck(TopicPartition partition, long loaded, long end)
    {
        var why = loader.StoppedReasons is { Count: > 0 } reasons ? string.Join("; ", reasons) : "/health/ready of the running product says why";
        return $"{partition} is in the tables up to offset {loaded} of {end} and got no further for {_patience.TotalMinutes:0} minutes, so an export would not be whole: {why}";
    }
}
