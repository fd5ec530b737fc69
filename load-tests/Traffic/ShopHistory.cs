using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Traffic;

/// <summary>The online shop, posted to any collector that runs by a client that sends again until it hears 200.</summary>
/// <param name="rate">Events per second, so that faults fall into the import.</param>
internal sealed class ShopHistory(ShopData shop, int rate) : IHistory
{
    private const int Batch = 200;

    public string Name => "the online shop";

    public int Events => shop.Events.Count;

    public int Sessions => shop.Sessions;

    public string SessionsHash => shop.SessionsHash;

    public string HashOf(IReadOnlyList<string> sessions) => SessionSet.HashOf(sessions);

    public async Task SendAsync(ClusterProduct product, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        for (var at = 0; at < shop.Events.Count; at += Batch)
        {
            var due = TimeSpan.FromSeconds((double)at / rate) - clock.Elapsed;
            if (due > TimeSpan.Zero)
                await Task.Delay(due, cancellation);
            await UntilTakenAsync(product, "/v1/history?import=shop", string.Join('\n', shop.Events.Skip(at).Take(Batch)), cancellation);
        }
        await UntilTakenAsync(product, "/v1/history/end?import=shop", "", cancellation);
    }

    private static async Task UntilTakenAsync(ClusterProduct product, string path, string body, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var doors = product.Doors(path);
            try
            {
                if (doors.Count > 0)
                {
                    using var request = Posting.Events(doors[attempt % doors.Count], product.Key, new StringContent(body, Encoding.UTF8));
                    using var answer = await product.Http.SendAsync(request, cancellation);
                    if (answer.IsSuccessStatusCode)
                        return;
                    if ((int)answer.StatusCode != 503)
                        throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                // Not taken, or taken without our knowing: the same again.
            }
            await Task.Delay(50, cancellation);
        }
    }
}
