using Microsoft.Extensions.Logging;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>Every message that the host of a service logs.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "{Service} {Version} listens on {Address}")]
    internal static partial void Listening(this ILogger logger, string service, string version, string address);

    [LoggerMessage(2, LogLevel.Information, "Stopping: not ready any more; the doors close in {DelaySeconds} s")]
    internal static partial void Stopping(this ILogger logger, double delaySeconds);

    [LoggerMessage(3, LogLevel.Information, "Stopped in order")]
    internal static partial void Stopped(this ILogger logger);

    [LoggerMessage(4, LogLevel.Error, "The stop took longer than {Seconds} s and is cut short; the next start goes on from the last commit")]
    internal static partial void StopTookTooLong(this ILogger logger, double seconds);

    [LoggerMessage(5, LogLevel.Critical, "{Loop} has ended, see above; the process stops so that it is started again")]
    internal static partial void LoopEnded(this ILogger logger, string loop);

    [LoggerMessage(6, LogLevel.Critical, "{Loop} cannot go on: {Reason}")]
    internal static partial void LoopFailed(this ILogger logger, string loop, string reason);

    [LoggerMessage(7, LogLevel.Critical, "{Loop} failed unexpectedly; the process stops so that it is started again")]
    internal static partial void LoopCrashed(this ILogger logger, string loop, Exception exception);
}
