using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.ServiceDefaults.Tests.Partitions;

/// <summary>A service's part of a partition, and the partition: recovers and runs as it is told, and notes what the runner did.</summary>
internal sealed class ScriptedWork(PartitionStatus status) : IPartitionWork, IPartitionOwnership, IPartitionRun
{
    /// <summary>One for every recovery; when there are no more, they succeed.</summary>
    public Queue<Action> Recoveries { get; } = [];

    /// <summary>One for every run; when there are no more, a run goes on until it is stopped.</summary>
    public Queue<Action> Runs { get; } = [];

    public Func<Exception, AfterFailure?> Own { get; set; } = static _ => null;

    public List<PartitionFailure> Failures { get; } = [];

    /// <summary>What the status said at each step.</summary>
    public List<string> Steps { get; } = [];

    public TopicPartition Partition { get; } = new("events", 0);

    public long Position { get; set; }

    public ValueTask<IPartitionRun> RecoverAsync(CancellationToken stop)
    {
        Steps.Add($"recover {status.State}");
        if (Recoveries.TryDequeue(out var step))
            step();
        return new(this);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        Steps.Add($"run {status.State}");
        if (Runs.TryDequeue(out var step))
            step();
        else
            await Task.Delay(Timeout.Infinite, stop);
    }

    public AfterFailure? Judge(Exception failure) => Own(failure);

    public void Failed(in PartitionFailure failure)
    {
        Steps.Add($"failed {status.State}");
        Failures.Add(failure);
    }

    public void Dispose() => Steps.Add("end");

    public ILogTransaction Begin() => throw new NotSupportedException();

    public ValueTask CommitPositionAsync(long position, CancellationToken cancellation) => throw new NotSupportedException();
}
