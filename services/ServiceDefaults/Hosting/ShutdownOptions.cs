using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>How a service stops when it is told to (SIGTERM, Ctrl-C).</summary>
public sealed record ShutdownOptions
{
    /// <summary>Part of <see cref="Timeout"/> that is kept for closing the log, after everything that uses it has stopped.</summary>
    private static readonly TimeSpan CloseReserve = TimeSpan.FromSeconds(3);

    /// <summary>Time between answering 503 on /health/ready and closing the doors, so that whoever sends traffic here learns of it first; 5 s suit Kubernetes. Part of <see cref="Timeout"/>. Default 0.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>Longest time from the signal to the end of the process: delay, answers under way, last commits, closing the log. What did not end by then is ended; the next start goes on from the last commit. At least 5 s more than <see cref="Delay"/>. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    internal TimeSpan DrainTimeout => Timeout - Delay - CloseReserve;

    internal IEnumerable<string> Mistakes()
    {
        if (Timeout < Delay + TimeSpan.FromSeconds(5) || Timeout > TimeSpan.FromHours(1))
            yield return $"{nameof(Timeout)} is {Durations.Format(Timeout)}; it takes {nameof(Delay)} ({Durations.Format(Delay)}) and 5 s more, up to 1 h";
    }
}
