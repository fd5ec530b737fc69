using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Writing;

/// <summary>What a failed delivery means to who appended: always that nothing was acknowledged, and that it may be there nevertheless.</summary>
internal static class AppendErrors
{
    internal static LogUnavailableException For(int error) => new(error == RdError.TimedOut
        ? "No broker acknowledged the records in time; whether they are stored is unknown. Send them again."
        : $"The brokers did not acknowledge the records ({Rd.Text(error)}); whether they are stored is unknown. Send them again.");

    /// <summary>The reason as metrics name it.</summary>
    internal static string Reason(int error) => error switch
    {
        RdError.TimedOut => "timeout",
        RdError.Fatal => "fatal",
        _ => "broker",
    };
}
