using System.Net;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>Where a service listens: its doors, if it has any, health and metrics.</summary>
public sealed record HttpOptions
{
    /// <summary>Port; 0 takes a free one. Default 8080 for the collector, 8081 for the sessionizer, 8082 for the aggregator.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Address of this machine to listen on; 0.0.0.0 is all of IPv4, :: all of IPv4 and IPv6, 127.0.0.1 this machine alone. Default 0.0.0.0.</summary>
    public string Address { get; init; } = "0.0.0.0";

    /// <summary>
    /// Names and addresses that requests may ask for in their Host header, such as events.example.org or *.example.org, without a port; loopback and the address that a
    /// connection comes in at are always served. Default: any, since load balancers and probes ask by names of their own; with an address of this machine alone, loopback only.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    internal ServedHosts Served => AllowedHosts.Count > 0 || IPAddress.IsLoopback(IPAddress.Parse(Address)) ? ServedHosts.Of(AllowedHosts) : ServedHosts.Any;

    /// <summary>What is wrong with a list of hosts.</summary>
    public static IEnumerable<string> HostMistakes(string option, IEnumerable<string> hosts) =>
        from name in hosts
        where !ServedHosts.IsName(name)
        select $"{option} has '{name}'; it takes names and addresses such as events.example.org or *.example.org, without scheme and port";

    /// <summary>What is wrong with a port.</summary>
    public static IEnumerable<string> PortMistakes(string option, int port) =>
        port is < 0 or > 65535 ? [$"{option} is {port}; it takes a port number from 0 to 65535 (0: any free one)"] : [];

    internal IEnumerable<string> Mistakes()
    {
        foreach (var mistake in HostMistakes(nameof(AllowedHosts), AllowedHosts).Concat(PortMistakes(nameof(Port), Port)))
            yield return mistake;
        if (!IPAddress.TryParse(Address, out _))
            yield return $"{nameof(Address)} is '{Address}'; it takes an IP address such as 0.0.0.0 or 127.0.0.1";
    }
}
