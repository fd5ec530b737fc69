using System.Text;
using Microsoft.Win32.SafeHandles;
using Tidemark.ClickHouse.Embedded.Confinement;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// One of Linux's lists of sockets, opened once and read again and again: a confined process has them from before it was confined.
/// </summary>
internal sealed class SocketTable
{
    const int ReadBytes = 64 << 10;

    readonly SafeFileHandle _file;
    readonly Lock _gate = new();

    SocketTable(SafeFileHandle file) => _file = file;

    /// <summary>The sockets of IPv4; null when they are not known.</summary>
    public static SocketTable? Four { get; } = TryOpen(0, "/proc/self/net/tcp");

    /// <summary>The sockets of IPv6, which clients (.NET, Java) use for IPv4 too; null when they are not known.</summary>
    public static SocketTable? Six { get; } = TryOpen(1, "/proc/self/net/tcp6");

    static SocketTable? TryOpen(int index, string path)
    {
        if (FirstStage.SocketTables is { Length: > 0 } inherited)
            return inherited[index] >= 0 ? new SocketTable(new SafeFileHandle(inherited[index], ownsHandle: true)) : null;
        try
        {
            return OperatingSystem.IsLinux() ? new SocketTable(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first line that has this text in it, or null.</summary>
    public string? Find(string text)
    {
        var all = new MemoryStream();
        lock (_gate)
        {
            var buffer = new byte[ReadBytes];
            for (int read; (read = RandomAccess.Read(_file, buffer, all.Length)) > 0;)
                all.Write(buffer, 0, read);
        }

        return Array.Find(Encoding.ASCII.GetString(all.GetBuffer(), 0, (int)all.Length).Split('\n'), line => line.Contains(text, StringComparison.Ordinal));
    }
}
