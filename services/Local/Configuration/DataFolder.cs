namespace Tidemark.Local.Configuration;

/// <summary>Where things are in a data folder.</summary>
internal static class DataFolder
{
    /// <summary>Under the user's data folder: ~/.local/share/tidemark on Linux, ~/Library/Application Support/tidemark on macOS.</summary>
    public static string Default()
    {
        var root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (root.Length == 0)
            root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return root.Length <= 1 ? Path.GetFullPath("tidemark-data") : Path.Combine(root, "tidemark");
    }

    public static string Log(string data) => Path.Combine(data, "log");

    public static string Engine(string data) => Path.Combine(data, "clickhouse");

    /// <summary>What the engine reads and cannot write.</summary>
    public static string EngineConfiguration(string data) => Path.Combine(data, "clickhouse-config");

    /// <summary>Held as long as a process works on the folder.</summary>
    public static string LockFile(string data) => Path.Combine(data, "tidemark.lock");

    /// <summary>Says where that process listens.</summary>
    public static string InstanceFile(string data) => Path.Combine(data, "tidemark.instance");

    /// <summary>True when some command has worked on the folder: each leaves its lock file.</summary>
    public static bool Exists(string data) => File.Exists(LockFile(data)) || Directory.Exists(Log(data)) || Directory.Exists(Engine(data));

    /// <summary>Makes the folder a data folder, if it is none yet, without claiming it.</summary>
    public static void Prepare(string data)
    {
        if (Exists(data))
            return;
        Create(data);
        try
        {
            // Shared with everybody: who looks at it in this instant must not take the folder for taken.
            using var file = new FileStream(LockFile(data), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CommandFailedException($"the data folder {Quoted.Text(data)} cannot be written: {Quoted.Text(e.Message)}; choose another one with --data");
        }
    }

    /// <summary>Makes the folder, readable by its owner only; a clear line when that is not possible.</summary>
    public static void Create(string data)
    {
        try
        {
            if (File.Exists(data))
                throw new CommandFailedException($"{Quoted.Text(data)} is a file; --data takes a folder");
            if (!Directory.Exists(data) && !OperatingSystem.IsWindows())
                Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            else
                Directory.CreateDirectory(data);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CommandFailedException($"the data folder {Quoted.Text(data)} cannot be made: {Quoted.Text(e.Message)}; choose another one with --data");
        }
    }

    /// <summary>
    /// Closes a folder that was there before to other users. Only when nothing but ours is in it: whoever names his home or /tmp must not find that changed, and a
    /// folder that others work in is theirs to close. Null, or the line that says what was done or is to be done.
    /// </summary>
    public static string? MakePrivate(string data)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows())
            return null;
        var mode = File.GetUnixFileMode(data);
        if ((mode & others) == 0)
            return null;
        var open = $"the data folder {Quoted.Text(data)} was open to other users of this machine (mode {Convert.ToString((int)mode, 8)})";
        try
        {
            if (Directory.EnumerateFileSystemEntries(data).All(path => IsOurs(Path.GetFileName(path))))
            {
                // Refused to anybody but its owner.
                File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return $"{open}; it is private now (700)";
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Said below.
        }
        return $"{open.Replace(" was open", " is open", StringComparison.Ordinal)}, who may read events and sessions there: chmod 700 it, or choose a folder of its own with --data";
    }

    private static bool IsOurs(string name) => name is "log" or "clickhouse" or "clickhouse-config" or "tmp" or "visitor.key" || name.StartsWith("tidemark.", StringComparison.Ordinal);
}
