using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// The beginning of the engine's process, on Linux: takes its folder, writes its configuration, restricts its thread to the rules and executes itself again.
/// Landlock holds for the calling thread and for what that thread starts, and a .NET program has other threads before its first line runs: only by execve
/// all of them are under the rules. What comes back from <see cref="Enter"/> is therefore the second stage, with a mark in its arguments.
/// </summary>
internal static class FirstStage
{
    // What says whether a client that sends nothing more is still there: lists of sockets, which no rule on a path keeps open (Http/SocketTable).
    static readonly string[] _socketTables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

    /// <summary>The descriptors of the lists of sockets of IPv4 and IPv6, that came through execve; -1 for one that cannot be read, none without a first stage.</summary>
    public static int[] SocketTables { get; private set; } = [];

    /// <summary>
    /// The mark, followed by the numbers of the descriptor that holds the folder's lock and of those of <see cref="SocketTables"/>. It is no proof: the second
    /// stage tries what holds.
    /// </summary>
    public const string Mark = "--confined=";

    /// <summary>Returns in the process that may open the engine, with its claim on the folder.</summary>
    /// <exception cref="EngineException">The folder is in use or cannot be written, or the process cannot be confined as its kernel should.</exception>
    public static IDisposable Enter(EngineOptions options)
    {
        if (Environment.GetCommandLineArgs()[^1] is var last && last.StartsWith(Mark, StringComparison.Ordinal))
        {
            var descriptors = Array.ConvertAll(last[Mark.Length..].Split(','), static number => int.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            SocketTables = Array.ConvertAll(descriptors[1..], static descriptor => SystemCalls.Adopt(descriptor) ? descriptor : -1);
            return DataFolder.Adopt(descriptors[0]);
        }

        // Missing, it is to be said before anything is locked.
        EngineLibrary.Find(AppContext.BaseDirectory);
        var folder = DataFolder.Lock(options.DataPath);
        EngineConfiguration.Write(options);
        if (!OperatingSystem.IsLinux())
            return folder;
        var descriptor = (int)folder.SafeFileHandle.DangerousGetHandle();
        int[] kept = [descriptor, .. Array.ConvertAll(_socketTables, static path => SystemCalls.open(path, SystemCalls.OpenReadOnly | SystemCalls.OpenCloseOnExec))];
        string[] arguments = [.. RunningProgram.Arguments, Mark + string.Join(',', kept.Select(static number => number.ToString(CultureInfo.InvariantCulture)))];
        var environment = CleanEnvironment.Of(Variables(), EngineConfiguration.SpoolFolder(options), options.RuntimeMemoryBytes).Select(variable => $"{variable.Key}={variable.Value}").ToList();
        var program = RunningProgram.File;
        if (Landlock.Version(out _) is > 0 and var version)
            Landlock.Restrict(version, ChildRules.For(options), options.Port);
        SystemCalls.KeepOnly(kept);
        var failure = Execute(program, arguments, environment);
        GC.KeepAlive(folder);
        throw failure;
    }

    /// <summary>Why files are not under rules; null when they are, which is tried: the root folder is in no rule.</summary>
    public static string? FilesMissing()
    {
        if (!OperatingSystem.IsLinux())
            return "macOS offers programs no lasting way to confine themselves";
        var root = SystemCalls.open("/", SystemCalls.OpenReadOnly | SystemCalls.OpenCloseOnExec);
        if (root < 0 && Marshal.GetLastPInvokeError() == SystemCalls.AccessDenied)
            return null;
        _ = SystemCalls.close(root);
        return Landlock.Version(out var why) > 0 ? "it runs in the process of its caller" : why;
    }

    static unsafe EngineException Execute(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var argv = new PinnedTexts(arguments);
        using var envp = new PinnedTexts(environment);
        _ = SystemCalls.execve(program, argv.Pointers, envp.Pointers);
        return new EngineException(EngineFailure.Failed, $"the engine cannot be confined: {program} cannot be executed (errno {Marshal.GetLastPInvokeError()})");
    }

    static IEnumerable<KeyValuePair<string, string?>> Variables()
        => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => new KeyValuePair<string, string?>((string)variable.Key, (string?)variable.Value));
}
