using System.Net.Sockets;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests;

internal static class Clusters
{
    /// <summary>A cluster whose sessions close while a test watches; nothing of it is started.</summary>
    internal static ClusterProduct New(KafkaBroker broker, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Sessionizer__Gap"] = "3s",
            ["Sessionizer__Disorder"] = "500ms",
            ["Sessionizer__Lateness"] = "1m",
        };
        foreach (var (key, value) in settings)
            all[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new ClusterProduct(broker, 4, all);
    }

    /// <summary>Asks until the answer is the expected one; else the last one, and what everybody said, are in the failure.</summary>
    internal static Task EventuallyAsync(this ClusterProduct cluster, string query, string expected) => Wait.ForAsync(
        () => TryAsync(cluster, query),
        answer => answer == expected,
        () => $"{query}\nexpected {expected}\n{string.Join('\n', cluster.Services.Select(s => $"{s.Process.Name}: {Tail(s.Process.Said)}"))}",
        pause: TimeSpan.FromMilliseconds(100));

    private static async Task<string> TryAsync(ClusterProduct cluster, string query)
    {
        try
        {
            return await cluster.SqlAsync(query, CancellationToken.None);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException or InvalidOperationException)
        {
            return e.Message;
        }
    }

    private static string Tail(string text) => text.Length <= 3000 ? text : "…" + text[^3000..];
}
