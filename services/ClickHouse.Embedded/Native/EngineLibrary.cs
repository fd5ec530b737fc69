using System.Reflection;
using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>
/// Finds the engine's shared library: first in <c>engine/</c> beside the executable (a published folder), then where the build
/// installed it (<c>engine.path</c>, a text file in the build output: the library is too large to be copied into every one).
/// </summary>
internal static class EngineLibrary
{
    static readonly string[] _names = ["libchdb.so", "libchdb.dylib"];
    static readonly Lock _gate = new();
    static string? _path;

    /// <summary>Loads the library once; throws <see cref="EngineException"/> with what to do when it is not there.</summary>
    public static void Load()
    {
        lock (_gate)
        {
            if (_path is not null)
                return;
            var path = Find(AppContext.BaseDirectory);
            NativeLibrary.SetDllImportResolver(typeof(Chdb).Assembly, (name, assembly, search) => name == Chdb.Library ? NativeLibrary.Load(path) : 0);
            _path = path;
        }
    }

    /// <summary>The path of the library for an executable in <paramref name="folder"/>.</summary>
    public static string Find(string folder)
    {
        foreach (var name in _names)
        {
            var beside = Path.Combine(folder, "engine", name);
            if (File.Exists(beside))
                return beside;
        }

        var pointer = Path.Combine(folder, "engine.path");
        if (File.Exists(pointer) && File.ReadAllText(pointer).Trim() is { Length: > 0 } installed && File.Exists(installed))
            return installed;
        throw new EngineException(EngineFailure.NoLibrary,
            $"no ClickHouse engine for {RuntimeInformation.RuntimeIdentifier}: it comes for linux-x64, linux-arm64 (glibc), osx-x64 and osx-arm64; "
            + "install Node.js with npm and build again, or copy libchdb into the folder 'engine' beside the program");
    }
}
