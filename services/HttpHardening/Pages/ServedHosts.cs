using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Pages;

/// <summary>
/// The names and addresses that a port serves. A page that resolves its own name to this machine (DNS rebinding) is of the same origin as the port for its browser, and
/// the <c>Host</c> header is the only thing that tells them apart.
/// </summary>
/// <remarks>
/// Always served: loopback (<see cref="LoopbackNames"/>) and the address that the connection came in at, which no name server can change. A request without a host, which
/// no browser sends, is served too: HTTP/1.0 has none, and ClickHouse takes it. The port in the header is not compared: it is another one behind a tunnel or a container.
/// </remarks>
public sealed class ServedHosts
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _suffixes;
    private readonly bool _any;
    private volatile string _lastServed = "";

    private ServedHosts(IEnumerable<string> names, bool any)
    {
        _any = any;
        foreach (var name in names)
            _names.Add(name);
        _suffixes = [.. _names.Where(static n => n.StartsWith("*.", StringComparison.Ordinal)).Select(static n => n[1..])];
    }

    /// <summary>Every host: for a port that others reach under names which only they know, behind a load balancer.</summary>
    public static ServedHosts Any { get; } = new([], any: true);

    /// <summary>Loopback, and these: a name, an address, <c>*.example.org</c> for all names below one, or <c>*</c> for any.</summary>
    public static ServedHosts Of(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Contains("*") ? Any : new ServedHosts(all, any: false);
    }

    /// <summary>Whether a text can be one of those names: no scheme, port or path.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "*")
            return true;
        var host = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        return Uri.CheckHostName(host.Trim('[', ']')) is not UriHostNameType.Unknown;
    }

    internal bool Serves(HttpContext context)
    {
        if (_any)
            return true;
        var header = context.Request.Headers.Host;
        if (header.Count == 0)
            return true;
        var asked = header[0]!;
        if (header.Count == 1 && (asked.Length == 0 || ReferenceEquals(asked, _lastServed) || asked == _lastServed))
            return true;
        var host = new HostString(asked).Host;
        if (header.Count > 1 || !(LoopbackNames.Contains(host) || IsListed(host)))
            return header.Count == 1 && IsOwnAddress(host, context.Connection.LocalIpAddress);
        _lastServed = asked;
        return true;
    }

    private bool IsListed(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return _names.Contains(name) || _names.Contains(name.Trim('[', ']')) || Array.Exists(_suffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    // Differs from connection to connection, so it is not remembered.
    private static bool IsOwnAddress(string host, IPAddress? local) =>
        local is not null && IPAddress.TryParse(host.Trim('[', ']'), out var address) && address.MapToIPv6().Equals(local.MapToIPv6());
}
