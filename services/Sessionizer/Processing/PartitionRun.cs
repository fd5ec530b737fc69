using Microsoft.Extensions.Logging;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>A partition whose state is rebuilt, at work: its reader and its open interval, and the loop over both.</summary>
/// <param name="tells">True when the first commit goes out before anything is read: it tells that the topic is begun anew, or of other settings.</param>
/// <param name="horizons">Those that it begins with and that no event has told: the first commit names them.</param>
internal sealed class PartitionRun(
    ILogReader reader, CommitInterval interval, Snapshotter snapshots, PartitionRules rules, CommitTenure tenure, bool tells, IReadOnlyList<ProjectHorizon> horizons,
    SessionizerOptions options, TimeProvider time,
    SessionizerPartition status, ILogger logger) : IPartitionRun
{
    public async Task RunAsync(CancellationToken stop)
    {
        if (tells)
            await interval.CommitAsync(horizons, flush: false, live: false, stop);
        try
        {
            await new PartitionLoop(reader, interval, snapshots, rules, options, time, status, logger).RunAsync(stop);
        }
        catch (LogOffsetOutOfRangeException)
        {
            // A topic that was made anew and is still shorter shows here first.
            await tenure.CheckTopicAsync(stop);
            throw;
        }
    }

    public void Dispose()
    {
        interval.Dispose();
        reader.Dispose();
    }
}
