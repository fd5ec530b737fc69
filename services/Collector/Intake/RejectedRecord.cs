using System.IO.Hashing;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>A refused event as it is kept: where it came in, why it was refused, and its beginning.</summary>
internal static class RejectedRecord
{
    /// <summary>Bytes that <see cref="Encode"/> may need at most: the sample, and texts of the collector's own.</summary>
    internal const int MaxLength = SampleBytes + 1024;

    private const int SampleBytes = 1024;

    /// <summary>Writes the record and returns its length.</summary>
    internal static int Encode(ReadOnlySpan<byte> body, in Rejection rejection, EventSource source, ReadOnlySpan<byte> project, Span<byte> target)
    {
        var original = body.Slice(rejection.Start, rejection.Length);
        return new RejectedEvent
        {
            Project = project,
            Code = RejectCodes.Utf8Name(rejection.Code),
            ReceivedAt = source.ReceivedAt,
            Door = source.Door,
            Index = rejection.Index,
            ImportId = source.ImportId,
            Size = original.Length,
            Hash = (long)XxHash64.HashToUInt64(original),
            Sample = original[..Math.Min(original.Length, SampleBytes)],
            Partition = source.Message?.Partition ?? -1,
            Offset = source.Message?.Offset ?? -1,
        }.Encode(target);
    }
}
