using System.Globalization;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// The environment of the engine's process: what the runtime needs to start, and no secret of whoever started it. A process can read its own variables back
/// (/proc/self/environ), whatever it takes out of them later.
/// </summary>
internal static class CleanEnvironment
{
    // Where the runtime is and how it collects garbage and compiles; HOME, because its absence makes the runtime ask the system's list of users.
    static readonly string[] _kept = ["HOME", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROLL_FORWARD", "DOTNET_PROCESSOR_COUNT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"];
    static readonly string[] _keptPrefixes = ["DOTNET_ROOT_", "DOTNET_ROOT(", "DOTNET_GC", "DOTNET_gc", "DOTNET_Tiered", "DOTNET_TC_"];

    /// <param name="given">The variables that there are.</param>
    /// <param name="temporary">The folder for temporary files; null leaves it out.</param>
    /// <param name="runtimeMemory">What the runtime's own heap may have, bytes: a request that needs more is refused, the process stays within its limit.</param>
    public static Dictionary<string, string> Of(IEnumerable<KeyValuePair<string, string?>> given, string? temporary, long? runtimeMemory)
    {
        var clean = given.Where(variable => variable.Value is not null && IsKept(variable.Key)).ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal);
        // The engine's library takes the machine's zone from here, before any code of ours runs.
        clean["TZ"] = "UTC";
        // The runtime keeps compiled code in a file in memory otherwise, which /proc/self/fd offers to be written to: SQL could end the process that way.
        clean["DOTNET_EnableWriteXorExecute"] = "0";
        // Its debugger's pipes and sockets lie in /tmp.
        clean["DOTNET_EnableDiagnostics"] = "0";
        if (runtimeMemory is { } bytes)
            clean["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", CultureInfo.InvariantCulture);
        // After how many calls the runtime compiles a method anew, for speed. Its own number, 30, is passed by a thousand methods while the process starts, and costs a second of
        // CPU then; what is called for every block of rows passes this one soon.
        clean.TryAdd("DOTNET_TC_CallCountThreshold", "400");
        // What the engine frees goes back to the system after 0.3 s, not after five: under load this is most of what lies above its limit.
        clean["JE_MALLOC_CONF"] = "dirty_decay_ms:300,muzzy_decay_ms:0";
        if (temporary is not null)
            clean["TMPDIR"] = temporary;
        if (OperatingSystem.IsLinux() && RunningProgram.RuntimeRoot is { } root)
            clean["DOTNET_ROOT"] = root;
        return clean;
    }

    static bool IsKept(string name) => _kept.Contains(name, StringComparer.Ordinal) || _keptPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
