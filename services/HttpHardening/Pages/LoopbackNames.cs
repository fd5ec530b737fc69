using System.Net;

namespace Tidemark.HttpHardening.Pages;

/// <summary>
/// Names that only this machine can answer to: the loopback addresses, <c>localhost</c>, and names below it, which browsers resolve to loopback by themselves and nobody
/// can register (RFC 6761, 6.3). No DNS server can point them elsewhere or take them over, so they are no way in for rebinding.
/// </summary>
internal static class LoopbackNames
{
    /// <param name="host">As it stands in a URL, without a port; an IPv6 address with or without its brackets.</param>
    internal static bool Contains(ReadOnlySpan<char> host)
    {
        if (host is ['[', .. var address, ']'])
            host = address;
        else if (host is [.. var name, '.'])
            host = name;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
