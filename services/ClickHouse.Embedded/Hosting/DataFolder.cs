using Microsoft.Win32.SafeHandles;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>The engine's folder belongs to one process; the system gives it up with the process, however that ends.</summary>
internal static class DataFolder
{
    /// <summary>Makes the folder and takes it until disposed; throws <see cref="EngineException"/> when it is in use or cannot be written.</summary>
    public static FileStream Lock(string path)
    {
        var folder = Path.GetFullPath(path);
        try
        {
            Create(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(folder, e);
        }

        try
        {
            return new FileStream(Path.Combine(folder, "tidemark.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        // EWOULDBLOCK (11 on Linux, 35 on macOS) and the sharing violation of .NET itself.
        catch (IOException e) when ((e.HResult & 0xFFFF) is 11 or 35 or 32)
        {
            throw new EngineException(EngineFailure.FolderInUse, $"the engine's folder {folder} is in use by another process: stop it, or choose another folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(folder, e);
        }
    }

    /// <summary>Takes over a claim that came along with its descriptor; an open file stays locked through execve.</summary>
    public static IDisposable Adopt(int descriptor) => SystemCalls.Adopt(descriptor)
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new EngineException(EngineFailure.Failed, $"the engine's folder was not handed over: descriptor {descriptor} is not open");

    /// <summary>Makes a folder that only its owner can look into; one that is there stays as it is.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    internal static EngineException NotWritable(string folder, Exception e)
        => new(EngineFailure.FolderNotWritable, $"the engine's folder {folder} cannot be written: {e.Message}", e);
}
