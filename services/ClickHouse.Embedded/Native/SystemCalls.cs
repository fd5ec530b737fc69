using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>The calls of Linux that .NET has no names for. <c>syscall</c> sets errno, which is read with <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class SystemCalls
{
    public const int NotPermitted = 1;
    public const int NoSuchProcess = 3;
    public const int BadDescriptor = 9;
    public const int AccessDenied = 13;
    public const int NoSuchCall = 38;
    public const int NotSupported = 95;
    public const int NoSuchFamily = 97;

    public const int OpenReadOnly = 0;
    public const int OpenPath = 0x200000;
    public const int OpenCloseOnExec = 0x80000;

    const int SetNoNewPrivileges = 38;
    const int GetDescriptorFlags = 1;
    const int SetDescriptorFlags = 2;
    const int CloseOnExec = 1;
    const long CloseRange = 436;
    const nuint CloseRangeCloseOnExec = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execve(string path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int descriptor, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    /// <summary>What both locks ask for: this thread, and what it executes, never gains a right by executing.</summary>
    public static bool GiveUpNewPrivileges() => prctl(SetNoNewPrivileges, 1, 0, 0, 0) == 0;

    /// <summary>
    /// No descriptor but the first three and <paramref name="kept"/> goes along through execve: rights that an open file carries are not asked for again,
    /// so one that was left open by the parent would be a hole in the rules.
    /// </summary>
    public static void KeepOnly(params ReadOnlySpan<int> kept)
    {
        _ = syscall(CloseRange, 3, uint.MaxValue, CloseRangeCloseOnExec, 0);
        foreach (var descriptor in kept)
            _ = fcntl(descriptor, SetDescriptorFlags, 0);
    }

    /// <summary>True when the descriptor is open; it is closed at an execve from now on.</summary>
    public static bool Adopt(int descriptor) => fcntl(descriptor, GetDescriptorFlags, 0) >= 0 && fcntl(descriptor, SetDescriptorFlags, CloseOnExec) == 0;
}
