using System.Runtime.InteropServices;

namespace Tidemark.Sessionizer.Host;

/// <summary>CPU time of this thread: what a benchmark on a busy machine can compare, where wall time measures the neighbours.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    public static long Nanoseconds => ClockGetTime(ThreadClock, out var time) == 0 ? time.Seconds * 1_000_000_000 + time.Nanoseconds : 0;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
