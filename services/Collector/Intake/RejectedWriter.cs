using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Intake;

/// <summary>Keeps the beginning of what the HTTP doors refused in topic <c>events.rejected</c>.</summary>
internal sealed class RejectedWriter(RejectedAllowance allowance, IEventLog log, CollectorMetrics metrics)
{
    private int _next;

    /// <summary>An append of as many rejections as may be kept now; null for none.</summary>
    internal AppendRequest? Prepare(ReadOnlySpan<byte> body, EventSource source, IReadOnlyList<Rejection> rejections)
    {
        foreach (var rejection in rejections)
            metrics.Rejected(rejection.Code, CollectorMetrics.Http, 1);
        var allowed = allowance.TakeUpTo(rejections.Count);
        if (allowed < rejections.Count)
            metrics.Unrecorded(rejections.Count - allowed);
        if (allowed == 0)
            return null;
        var append = log.NewAppend(Topics.Rejected);
        Span<byte> encoded = stackalloc byte[RejectedRecord.MaxLength];
        for (var i = 0; i < allowed; i++)
        {
            var length = RejectedRecord.Encode(body, rejections[i], source, source.Key.Project, encoded);
            var partition = (int)((uint)Interlocked.Increment(ref _next) % (uint)append.PartitionCount);
            append.AddTo(partition, default, encoded[..length], source.ReceivedAt);
        }
        return append;
    }
}
