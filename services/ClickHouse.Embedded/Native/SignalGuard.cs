using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>
/// Keeps the runtime's SIGRTMIN handler: .NET suspends threads for a garbage collection with it on Linux, every chdb_connect
/// replaces it, and chdb_set_signal_handlers_enabled(0) keeps only the other eight.
/// </summary>
internal static unsafe partial class SignalGuard
{
    // glibc reserves 32 and 33 for itself; the first real-time signal a program gets is 34.
    const int FirstRealTimeSignal = 34;

    // struct sigaction is 152 bytes on linux-x64 and 152 on linux-arm64 (glibc).
    const int SigactionBytes = 256;

    /// <summary>Runs <paramref name="connect"/> and puts the handler back as it was.</summary>
    public static nint Around(Func<nint> connect)
    {
        if (!OperatingSystem.IsLinux())
            return connect();
        var saved = stackalloc byte[SigactionBytes];
        if (sigaction(FirstRealTimeSignal, null, saved) != 0)
            throw new EngineException(EngineFailure.Failed, "the handler of SIGRTMIN cannot be read");
        try
        {
            return connect();
        }
        finally
        {
            _ = sigaction(FirstRealTimeSignal, saved, null);
        }
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, void* action, void* previous);
}
