using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>
/// What happened in some folders, by inotify: also that a file was opened or a folder listed, which leaves no trace behind.
/// An open that was denied is no event. Linux only; elsewhere it reports nothing.
/// </summary>
internal sealed partial class FileWatch : IDisposable
{
    // Access, modify, attributes, close after writing, open, moves, create, delete.
    const uint Events = 0x0000_0001 | 0x0000_0002 | 0x0000_0004 | 0x0000_0008 | 0x0000_0020 | 0x0000_00C0 | 0x0000_0100 | 0x0000_0200;
    const int NonBlocking = 0x800;
    const int HeaderBytes = 16;

    static readonly (uint Bit, string Name)[] _names =
    [
        (0x1, "read"), (0x2, "written"), (0x4, "attributes changed"), (0x8, "closed after writing"), (0x20, "opened"),
        (0x40, "moved away"), (0x80, "moved here"), (0x100, "made"), (0x200, "deleted"),
    ];

    readonly SafeFileHandle? _handle;
    readonly Dictionary<int, string> _folders = [];

    public FileWatch(params IEnumerable<string> folders)
    {
        if (!OperatingSystem.IsLinux())
            return;
        _handle = new SafeFileHandle(inotify_init1(NonBlocking), ownsHandle: true);
        foreach (var folder in folders)
            _folders[Check(inotify_add_watch(_handle, folder, Events), folder)] = folder;
    }

    /// <summary>What happened since the last call, each kind once per file.</summary>
    public IReadOnlyCollection<string> Drain()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        if (_handle is null)
            return seen;
        var buffer = new byte[64 << 10];
        for (var read = inotify_read(_handle, buffer, buffer.Length); read > 0; read = inotify_read(_handle, buffer, buffer.Length))
            for (var at = 0; at < read;)
            {
                var folder = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at));
                var mask = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 4));
                var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + 12));
                var name = Encoding.UTF8.GetString(buffer, at + HeaderBytes, length).TrimEnd('\0');
                foreach (var (bit, what) in _names)
                    if ((mask & bit) != 0)
                        seen.Add($"{Path.Combine(_folders.GetValueOrDefault(folder, "?"), name)} was {what}");
                at += HeaderBytes + length;
            }

        return seen;
    }

    public void Dispose() => _handle?.Dispose();

    static int Check(int result, string path) => result >= 0 ? result : throw new IOException($"cannot watch {path}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle handle, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint inotify_read(SafeFileHandle handle, [Out] byte[] buffer, nint length);
}
