using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.Local.Configuration;

/// <summary>Finds every mistake in the local edition's own options at once; those that it shares with the services are checked by theirs.</summary>
internal static class LocalOptionsCheck
{
    internal static IEnumerable<string> Mistakes(LocalOptions o)
    {
        foreach (var mistake in HttpOptions.PortMistakes(nameof(o.HttpPort), o.HttpPort).Concat(HttpOptions.PortMistakes(nameof(o.SqlPort), o.SqlPort)))
            yield return mistake;
        if (o.HttpPort != 0 && o.HttpPort == o.SqlPort)
            yield return $"{nameof(o.HttpPort)} and {nameof(o.SqlPort)} are both {o.HttpPort}: choose two different ones";
        if (o.EngineMemory is < 512 or > 1 << 20)
            yield return $"{nameof(o.EngineMemory)} is {o.EngineMemory}; it takes a number of MiB from 512 to 1048576";
        if (o.LogRetention < TimeSpan.Zero)
            yield return $"{nameof(o.LogRetention)} is negative; it takes a time such as 7d, or 0s to keep everything";
        if (o.LogSize is < 0)
            yield return $"{nameof(o.LogSize)} is {o.LogSize}; it takes a number of MiB, or 0 for no limit";
        foreach (var mistake in HttpOptions.HostMistakes(nameof(o.AllowedHosts), o.AllowedHosts).Concat(AllowedOrigins.Mistakes(nameof(o.SqlAllowedOrigins), o.SqlAllowedOrigins)))
            yield return mistake;
        if (o.VisitorKey.Length > 0 && VisitorPseudonym.Parse(o.VisitorKey) is null)
            yield return $"{nameof(o.VisitorKey)} must be 64 hex digits";
        // It goes to the engine as a line, and to ClickHouse in a header.
        if (o.WriterPassword.AsSpan().ContainsAny('\n', '\r', '\0'))
            yield return $"{nameof(o.WriterPassword)} must be one line";
    }
}
