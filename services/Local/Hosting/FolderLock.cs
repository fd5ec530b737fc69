using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>The claim of this process on a data folder; the system gives it up with the process, however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _data;

    private FolderLock(FileStream file, string data) => (_file, _data) = (file, data);

    /// <summary>Null when another process has the folder.</summary>
    public static FolderLock? TryTake(string data)
    {
        DataFolder.Create(data);
        // Whoever looks whether the folder is taken holds it for an instant.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var file = new FileStream(DataFolder.LockFile(data), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                File.Delete(DataFolder.InstanceFile(data));
                if (DataFolder.MakePrivate(data) is { } line)
                    Console.Error.WriteLine(line);
                return new FolderLock(file, data);
            }
            catch (IOException e) when (IsTaken(e))
            {
                if (attempt == 3)
                    return null;
                Thread.Sleep(50);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                throw new CommandFailedException($"the data folder {Quoted.Text(data)} cannot be written: {Quoted.Text(e.Message)}; choose another one with --data");
            }
        }
    }

    /// <summary>Takes the folder, or fails with the line that says who has it.</summary>
    public static FolderLock Take(string data)
    {
        if (TryTake(data) is { } taken)
            return taken;
        var owner = InstanceInfo.Read(data);
        var who = owner is null ? "another process" : $"'{owner.Command}' (process {owner.ProcessId})";
        throw new CommandFailedException($"the data folder {Quoted.Text(data)} is in use by {who}: stop it, or choose another folder with --data");
    }

    /// <summary>True when a process works on the folder now.</summary>
    public static bool IsTaken(string data) => IsHeld(DataFolder.LockFile(data));

    /// <summary>True when an engine has the folder's data open now, whether or not the process that started it is still there.</summary>
    public static bool HasEngine(string data) => IsHeld(DataFolder.LockFile(DataFolder.Engine(data)));

    private static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException e) when (IsTaken(e))
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// The instance that works on the folder; waits until it has said where it listens. Null when nothing works on it (any more).
    /// </summary>
    public static async Task<InstanceInfo?> FindInstanceAsync(string data, CancellationToken cancellation)
    {
        while (IsTaken(data))
        {
            if (InstanceInfo.Read(data) is { } instance)
                return instance;
            await Task.Delay(50, cancellation);
        }
        return null;
    }

    // EWOULDBLOCK (11 on Linux, 35 on macOS) and the sharing violation of .NET itself.
    private static bool IsTaken(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;

    public void Dispose()
    {
        File.Delete(DataFolder.InstanceFile(_data));
        _file.Dispose();
    }
}
