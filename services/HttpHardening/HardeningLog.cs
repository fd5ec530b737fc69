using Microsoft.Extensions.Logging;

namespace Tidemark.HttpHardening;

/// <summary>Every message that the doors' checks log.</summary>
internal static partial class HardeningLog
{
    [LoggerMessage(1, LogLevel.Error, "A request failed unexpectedly")]
    internal static partial void RequestFailed(ILogger logger, Exception exception);
}
