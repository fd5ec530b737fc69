using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary>From the body of a request to the log: the accepted events, and what was refused of it.</summary>
internal sealed class EventStore(IEventLog log, BatchReaders readers, RejectedWriter rejected, Appender appender, CollectorMetrics metrics)
{
    /// <summary>Answers with the fate of every event when the log has the accepted ones.</summary>
    internal async Task<DoorResult> StoreAsync(DoorRequest request, EventSource source)
    {
        using var events = log.NewAppend(source.Lane.Topic());
        var code = Judge(request.Body, source, events, out var accepted, out var answer, out var refused);
        using (refused)
        {
            if (code != RejectCode.None)
            {
                await appender.KeepRefusedAsync(refused);
                return code;
            }
            if (accepted > 0 && source.Key.Rate?.TryTake(accepted) == false)
                return RejectCode.RateLimit;
            var storing = appender.AppendAsync(events, request.Aborted);
            await appender.KeepRefusedAsync(refused);
            code = await storing;
            if (code != RejectCode.None)
                return code;
            metrics.Accepted(source.Lane, CollectorMetrics.Http, accepted);
            return answer!;
        }
    }

    /// <summary>The part without waiting: everything that holds a reader and its memory.</summary>
    private RejectCode Judge(ReadOnlySpan<byte> body, EventSource source, AppendRequest events, out int accepted, out byte[]? answer, out AppendRequest? refused)
    {
        var reader = readers.Get();
        try
        {
            var skewed = reader.Skewed;
            var replaced = reader.Replaced;
            var code = reader.Read(body, source, events);
            metrics.Mended(reader.Skewed - skewed, reader.Replaced - replaced);
            accepted = reader.Accepted;
            CollectorTracing.Judged(accepted, reader.Rejections.Count, body.Length);
            answer = code == RejectCode.None ? Answers.Batch(accepted, reader.Rejections) : null;
            var rejections = code == RejectCode.None ? reader.Rejections : [new Rejection(-1, code, 0, body.Length)];
            refused = rejected.Prepare(body, source, rejections);
            return code;
        }
        finally
        {
            readers.Return(reader);
        }
    }
}
