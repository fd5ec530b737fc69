using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary>Appends to the log and turns what it may answer into a code. A client that goes away does not stop an append that has begun.</summary>
internal sealed class Appender(IEventLog log, TimeProvider time, CollectorMetrics metrics, CollectorHealth state, ILogger<Appender> logger)
{
    internal async Task<RejectCode> AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (request.Count == 0)
            return RejectCode.None;
        cancellation.ThrowIfCancellationRequested();
        using var span = CollectorTracing.Append(request);
        var begun = time.GetTimestamp();
        try
        {
            await log.AppendAsync(request, CancellationToken.None);
            metrics.Acknowledged(time.GetElapsedTime(begun));
            state.Succeeded();
            return RejectCode.None;
        }
        catch (LogException e)
        {
            var code = Failed(e);
            CollectorTracing.Failed(span, RejectCodes.Name(code));
            return code;
        }
    }

    /// <summary>Counts and tells that the log did not take something; the code for the client.</summary>
    internal RejectCode Failed(LogException e)
    {
        var code = e is LogFullException ? RejectCode.LogFull : RejectCode.LogUnavailable;
        metrics.AppendFailed(full: code == RejectCode.LogFull);
        if (state.Failed(e.Message))
            logger.AppendFailed(e.Message);
        return code;
    }

    /// <summary>Keeps what was refused; when that fails the client still hears what was refused, so it is only counted.</summary>
    internal async Task KeepRefusedAsync(AppendRequest? request)
    {
        if (request is null)
            return;
        try
        {
            await log.AppendAsync(request, CancellationToken.None);
        }
        catch (LogException e)
        {
            metrics.Unrecorded(request.Count);
            if (state.Failed(e.Message))
                logger.RejectedNotKept(e.Message);
        }
    }
}
