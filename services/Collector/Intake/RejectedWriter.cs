using System.IO.Hashing;
using Tidemark.Collector.Keys;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;

namespace Tidemark.Collector.Intake;

/// <summary>Keeps the beginning of what was refused in topic <c>events.rejected</c>, at a bounded rate, so that a flood of garbage cannot fill the disk.</summary>
internal sealed class RejectedWriter(CollectorOptions options, IEventLog log, TimeProvider time, CollectorMetrics metrics)
{
    private const int SampleBytes = 1024;

    private readonly TokenBucket _allowance = new(options.RejectedPerSecond, options.RejectedBurst, time);
    private int _next;

    /// <summary>An append of as many rejections as may be kept now; null for none.</summary>
    internal AppendRequest? Prepare(ReadOnlySpan<byte> body, EventSource source, IReadOnlyList<Rejection> rejections)
    {
        foreach (var rejection in rejections)
            metrics.Rejected(rejection.Code);
        var allowed = rejections.Count == 0 ? 0 : _allowance.TakeUpTo(rejections.Count);
        if (allowed < rejections.Count)
            metrics.Unrecorded(rejections.Count - allowed);
        if (allowed == 0)
            return null;
        var append = log.NewAppend(Topics.Rejected);
        Span<byte> encoded = stackalloc byte[SampleBytes + 1024];
        for (var i = 0; i < allowed; i++)
        {
            var rejection = rejections[i];
            var original = body.Slice(rejection.Start, rejection.Length);
            var record = new RejectedEvent
            {
                Project = source.Key.Project,
                Code = RejectCodes.Utf8Name(rejection.Code),
                ReceivedAt = source.ReceivedAt,
                Door = source.Door,
                Index = rejection.Index,
                ImportId = source.ImportId,
                Size = original.Length,
                Hash = (long)XxHash64.HashToUInt64(original),
                Sample = original[..Math.Min(original.Length, SampleBytes)],
            };
            var partition = (int)((uint)Interlocked.Increment(ref _next) % (uint)append.PartitionCount);
            append.AddTo(partition, default, encoded[..record.Encode(encoded)], source.ReceivedAt);
        }
        return append;
    }
}
