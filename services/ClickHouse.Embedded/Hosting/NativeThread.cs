using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>The system's number of the calling thread, as the engine lists it in <c>system.processes.thread_ids</c>.</summary>
internal static partial class NativeThread
{
    public static ulong Current()
    {
        if (!OperatingSystem.IsMacOS())
            return (ulong)gettid();
        _ = pthread_threadid_np(0, out var id);
        return id;
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int pthread_threadid_np(nint thread, out ulong id);
}
