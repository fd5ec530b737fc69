using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// The files that the engine's process needs; everything else is out of its reach. Each line was found by leaving it out: the comment says what happens then.
/// Not here on purpose: /etc, /tmp, /home, the data folder with the log, and of /proc all that tells of other processes.
/// </summary>
internal static class ChildRules
{
    static readonly string[] _loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    static readonly string[] _libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

    // Without the first no query answers (the engine's random numbers), without the second the runtime does not start. Without the third the engine throws and
    // catches nine times a query, over counters of its threads in schedstat: SELECT 1 took 2.4 ms instead of 1.3 ms. What else is there tells of this process only: its
    // environment is clean, and its memory cannot be read from the beginning. Without the others it starts, but blind to a container's memory limit and to the
    // layout of CPUs. A rule on a file of /proc holds until the kernel drops its inode: for the start, that is, and then as long as there is memory.
    static readonly string[] _system =
    [
        "/dev/urandom", "/proc/self/maps", "/proc/self/task",
        "/proc/self/mountinfo", "/proc/self/cgroup", "/proc/self/statm", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu", "/sys/devices/system/node",
        "/etc/ld.so.cache",
    ];

    public static IEnumerable<PathRule> For(EngineOptions options)
    {
        var data = Path.GetFullPath(options.DataPath);
        yield return new(data, FileAccessRights.Work);
        yield return new(EngineConfiguration.Folder(options), FileAccessRights.Read);
        // Without these execve fails (EACCES).
        yield return new(RunningProgram.File, FileAccessRights.Execute | FileAccessRights.ReadFile);
        foreach (var loader in _loaders)
            yield return new(loader, FileAccessRights.Execute | FileAccessRights.ReadFile);
        // Exit status 127, 131 and 147 without the libraries, the runtime and the program.
        foreach (var folder in _libraries)
            yield return new(folder, FileAccessRights.Read);
        foreach (var folder in RunningProgram.RuntimeFolders)
            yield return new(folder, FileAccessRights.Read);
        foreach (var entry in Without(AppContext.BaseDirectory, data))
            yield return new(entry, FileAccessRights.Read);
        yield return new(EngineLibrary.Find(AppContext.BaseDirectory), FileAccessRights.ReadFile);
        foreach (var library in RunningProgram.LoadedElsewhere([.. _libraries, .. RunningProgram.RuntimeFolders, AppContext.BaseDirectory]))
            yield return new(library, IsLoader(library) ? FileAccessRights.Execute | FileAccessRights.ReadFile : FileAccessRights.ReadFile);
        foreach (var file in _system)
            yield return new(file, FileAccessRights.Read);
    }

    // A rule holds for all below. Who unpacks the program and works in a folder inside it has the log there: then its entries are allowed one by one.
    static IEnumerable<string> Without(string program, string data)
    {
        var folder = Path.TrimEndingDirectorySeparator(program) + Path.DirectorySeparatorChar;
        if (!data.StartsWith(folder, StringComparison.Ordinal))
            return [folder];
        var leads = data[folder.Length..].Split(Path.DirectorySeparatorChar)[0];
        return Directory.EnumerateFileSystemEntries(folder).Where(entry => Path.GetFileName(entry) != leads);
    }

    static bool IsLoader(string library) => Path.GetFileName(library).StartsWith("ld-linux", StringComparison.Ordinal);
}
