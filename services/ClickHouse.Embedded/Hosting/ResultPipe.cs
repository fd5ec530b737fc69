using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// A named pipe that the engine writes a whole formatted answer into (INTO OUTFILE): one document, whatever the format, with flat
/// memory. The stream of chunks cannot do that: each chunk is a document of its own.
/// </summary>
internal sealed partial class ResultPipe : IDisposable
{
    readonly FileStream _reader;
    SafeFileHandle? _writer;

    public ResultPipe(string folder)
    {
        Path = System.IO.Path.Combine(folder, $"answer-{Guid.NewGuid():N}");
        if (mkfifo(Path, 0x180) != 0) // 0600
            throw new IOException($"no pipe can be made in {folder}: {new Win32Exception().Message}");
        // Reading end first and not blocking, then a writing end of our own: the engine's open never waits, and the end of the
        // answer is when the statement has returned and this writing end is closed.
        var reader = open(Path, ReadOnly | _nonBlocking);
        _writer = new SafeFileHandle(open(Path, WriteOnly), true);
        _ = fcntl(reader, SetFlags, ReadOnly);
        if (OperatingSystem.IsLinux())
            _ = fcntl(reader, SetPipeSize, 1 << 20);
        _reader = new FileStream(new SafeFileHandle(reader, true), FileAccess.Read, 0);
    }

    public string Path { get; }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => _reader.ReadAsync(buffer, cancellation);

    /// <summary>To be called when the statement has returned: what is in the pipe can still be read, then it ends.</summary>
    public void Complete() => Interlocked.Exchange(ref _writer, null)?.Dispose();

    public void Dispose()
    {
        Complete();
        _reader.Dispose();
        File.Delete(Path);
    }

    const int ReadOnly = 0;
    const int WriteOnly = 1;
    const int SetFlags = 4;
    const int SetPipeSize = 1031;
    static readonly int _nonBlocking = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);
}
