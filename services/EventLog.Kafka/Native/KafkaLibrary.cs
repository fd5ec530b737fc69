using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka.Native;

/// <summary>
/// Makes Confluent.Kafka and this assembly use one and the packaged librdkafka. Its default build for Linux on x64 needs libsasl2.so.3, which Debian and Ubuntu do not
/// have; Confluent.Kafka then takes whatever librdkafka the system has, which produces, and dies at the first read. The build without SASL/Kerberos needs nothing.
/// Call it before the first use of Confluent.Kafka in a process.
/// </summary>
public static class KafkaLibrary
{
    internal const string Name = "librdkafka";

    /// <summary>Version of the packaged library; an older one answers differently to what is asked of it here.</summary>
    private const int Oldest = 0x021000ff;

    private static readonly Lazy<string> _version = new(Load);

    /// <summary>Loads the library once; its version. Throws <see cref="LogSettingsException"/> when it is missing or too old.</summary>
    public static string Version => _version.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(KafkaLibrary).Assembly, Resolve);
        try
        {
            if (Library.Version < Oldest)
                throw new LogSettingsException($"librdkafka {Library.VersionString} was loaded, 2.16 or newer is needed: remove the older one from the library path.");
            return Library.VersionString;
        }
        catch (DllNotFoundException missing)
        {
            throw new LogSettingsException($"librdkafka is missing for {RuntimeInformation.RuntimeIdentifier}: publish with its runtimes folder.", missing);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name || !OperatingSystem.IsLinux())
            return nint.Zero;
        var musl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        foreach (var candidate in musl ? (string[])["alpine-librdkafka"] : ["centos8-librdkafka", Name])
        {
            // By its own assembly: that is where the host looks for packaged native libraries.
            if (NativeLibrary.TryLoad(candidate, typeof(Library).Assembly, DllImportSearchPath.AssemblyDirectory, out var library))
                return library;
        }
        return nint.Zero;
    }
}
