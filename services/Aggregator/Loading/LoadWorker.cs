using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Resilience;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// The loader's part of an owned partition. The doors run in the same process in the local edition, so a partition that cannot be loaded never ends it. Nothing ends loading for good either:
/// whatever stands in its way may be mended at any time.
/// </summary>
/// <param name="partitions">All that this process owns: what stops several of them is said once.</param>
/// <param name="backoff">The pauses between attempts, for the messages.</param>
/// <param name="abort">Ends a batch that is under way; cancelled some time after the partition is lost.</param>
internal sealed class LoadWorker(
    LoaderServices services, LoadStatus partitions, IPartitionOwnership ownership, PartitionLoad status, Backoff backoff, CancellationToken abort) : IPartitionWork
{
    private readonly string _partition = ownership.Partition.ToString();

    public long Position => status.Position > 0 ? status.Position : ownership.Position;

    public async ValueTask<IPartitionRun> RecoverAsync(CancellationToken stop)
    {
        if (ownership.Partition.Topic == Topics.LiveSessions)
            return await LiveLoader.OpenAsync(services, ownership, status, stop, abort);
        var loader = new PartitionLoader(services, ownership, status, abort);
        try
        {
            await loader.ResumeAsync(stop);
            return loader;
        }
        catch
        {
            loader.Dispose();
            throw;
        }
    }

    public AfterFailure? Judge(Exception failure) => failure switch
    {
        // Shown as stopped, and tried again all the time.
        ClickHouseException or TopicMadeAnewException or LogOffsetOutOfRangeException => AfterFailure.Wait,
        // A member that slept, or whose group moved on under it: the tables have the batch, and whoever owns the partition sends it once more under its token.
        LogFencedException or LogUnavailableException => AfterFailure.Wait,
        _ => AfterFailure.RollBack,
    };

    public void Failed(in PartitionFailure failure)
    {
        switch (failure.Exception)
        {
            case ClickHouseException refused:
                if (partitions.Stop(status, refused.Message))
                    services.Logger.LoadingRefused(_partition, status.Position, backoff.Longest.TotalSeconds, refused.Message);
                break;
            case TopicMadeAnewException another:
                if (partitions.Stop(status, another.Message))
                    services.Logger.TopicMadeAnew(_partition, another.Message);
                break;
            case LogOffsetOutOfRangeException gone:
                if (partitions.Stop(status, gone.Message))
                    services.Logger.NotInTheLog(_partition, status.Position, gone.Message);
                break;
            case LogFencedException:
                services.Logger.Fenced(_partition);
                break;
            case LogUnavailableException away:
                services.Logger.LogAway(_partition, away.Message, failure.Pause.TotalSeconds);
                break;
            default:
                services.Logger.PartitionFailed(failure.Exception, _partition, failure.Pause.TotalSeconds);
                break;
        }
    }
}
