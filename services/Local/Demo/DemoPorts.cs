using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Demo;

/// <summary>The usual ports when they are free, others when they are not. A port that somebody asked for is that port or an error.</summary>
internal static class DemoPorts
{
    public static LocalOptions Choose(LocalOptions options, Action<string> say)
    {
        var chosen = options;
        if (!options.Given.Contains("http-port") && !Ports.IsFree(options.HttpPort))
        {
            chosen = chosen with { HttpPort = Ports.Free() };
            say($"port {options.HttpPort} is taken: the collector listens on {chosen.HttpPort}");
        }
        if (!options.UsesServer && !options.Given.Contains("sql-port") && !Ports.IsFree(options.SqlPort))
        {
            chosen = chosen with { SqlPort = Ports.Free() };
            say($"port {options.SqlPort} is taken: SQL is on {chosen.SqlPort}");
        }
        return chosen;
    }
}
