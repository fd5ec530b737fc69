using Tidemark.ClickHouse.Embedded;
using Tidemark.EventLog;

namespace Tidemark.Local.Commands;

/// <summary>The line for failures that are nobody's bug; null for those that are, which may crash with their stack.</summary>
internal static class FailureText
{
    public static string? Of(Exception e) => e switch
    {
        EngineException or LogException => e.Message,
        IOException io when IsDiskFull(io) => "there is no room left on the disk: make room, then start again",
        UnauthorizedAccessException => $"{Quoted.Text(e.Message)}: check the permissions, or choose another folder with --data",
        IOException => Quoted.Text(e.Message, 300),
        AggregateException { InnerException: { } inner } => Of(inner),
        _ => null,
    };

    // ENOSPC, and its two Windows names.
    private static bool IsDiskFull(IOException e) => (e.HResult & 0xFFFF) is 28 or 39 or 112;
}
