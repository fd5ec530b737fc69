using System.Net;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>Where a service listens: its doors, if it has any, health and metrics.</summary>
public sealed record HttpOptions
{
    /// <summary>Port; 0 takes a free one. Default 8080 for the collector, 8081 for the sessionizer, 8082 for the aggregator.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Address of this machine to listen on; 0.0.0.0 is all of IPv4, :: all of IPv4 and IPv6, 127.0.0.1 this machine alone. Default 0.0.0.0.</summary>
    public string Address { get; init; } = "0.0.0.0";

    internal IEnumerable<string> Mistakes()
    {
        if (Port is < 0 or > 65535)
            yield return $"{nameof(Port)} is {Port}; it takes a port number from 0 to 65535 (0: any free one)";
        if (!IPAddress.TryParse(Address, out _))
            yield return $"{nameof(Address)} is '{Address}'; it takes an IP address such as 0.0.0.0 or 127.0.0.1";
    }
}
