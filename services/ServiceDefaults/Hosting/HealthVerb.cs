using System.Net;
using System.Net.Sockets;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary><c>health</c>: asks the instance that runs with the same configuration; for containers, which have no other program to ask with.</summary>
internal static class HealthVerb
{
    internal static async Task<int> RunAsync(HttpOptions http)
    {
        var address = IPAddress.Parse(http.Address);
        if (address.Equals(IPAddress.Any))
            address = IPAddress.Loopback;
        else if (address.Equals(IPAddress.IPv6Any))
            address = IPAddress.IPv6Loopback;
        var url = new UriBuilder(Uri.UriSchemeHttp, address.ToString(), http.Port, "/health/ready").Uri;
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(url);
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? ExitStatus.Ok : ExitStatus.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"nothing answers at {url}: {e.Message}");
            return ExitStatus.Failed;
        }
    }
}
