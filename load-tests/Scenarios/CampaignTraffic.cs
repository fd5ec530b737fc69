using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>
/// Clients that send until they hear 200: a few hundred visitors whose sessions close after seconds, with events out of order that change sessions which went out, events that are far too late,
/// and repeated ones. Event times are those of the moment, all else is of the seed.
/// </summary>
internal sealed class CampaignTraffic(ClusterProduct product, CampaignOptions options)
{
    private const int Clients = 4;
    private const int Remembered = 2_000;
    private const double Repeated = 0.03;
    private const double OutOfOrder = 0.06;
    private const double TooLate = 0.01;

    /// <summary>Longer than any batch takes to be answered while nothing is wrong, shorter than a paused collector's sleep.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _furthestOutOfOrder = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan _lateBy = TimeSpan.FromMinutes(10);

    private readonly HttpSender[] _senders = [.. Enumerable.Range(0, Clients).Select(index => new HttpSender(product, index, _patience))];
    private readonly int[] _sent = new int[Clients];
    private long _repeats;
    private volatile bool _silent;

    /// <summary>Distinct events; all of them acknowledged after the end of <see cref="RunAsync"/>.</summary>
    internal int Events => _sent.Sum();

    /// <summary>Message ids of all events.</summary>
    internal IEnumerable<string> MessageIds => _sent.SelectMany(static (count, client) => Enumerable.Range(0, count).Select(number => IdOf(client, number)));

    /// <summary>Acknowledged copies of earlier events, those not counted that were sent again for want of an answer.</summary>
    internal long Repeats => Interlocked.Read(ref _repeats);

    internal IReadOnlyList<HttpSender> Senders => _senders;

    /// <summary>Nobody sends while it is true: horizons move by the wall clock.</summary>
    internal bool Silent { set => _silent = value; }

    /// <summary>Sends until told to stop, and then until the last batch is acknowledged; the cancellation ends that too.</summary>
    internal Task RunAsync(CancellationToken stop, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(index => Task.Run(() => ClientAsync(index, stop, cancellation), cancellation)));

    private async Task ClientAsync(int index, CancellationToken stop, CancellationToken cancellation)
    {
        var random = new Random(options.Seed * 100 + index);
        var earlier = new List<SentEvent>();
        // What was not sent while nobody answered is not made up for.
        for (var clock = Stopwatch.StartNew(); !stop.IsCancellationRequested; await Task.Delay(_tick, cancellation))
        {
            var due = Math.Min(500, (int)(clock.Elapsed.TotalSeconds * options.Rate / Clients) + random.Next(2));
            clock.Restart();
            if (_silent || due == 0)
                continue;
            var batch = new List<SentEvent>();
            var repeats = 0;
            for (var i = 0; i < due; i++)
            {
                if (earlier.Count > 0 && random.NextDouble() < Repeated)
                {
                    batch.Add(earlier[random.Next(earlier.Count)]);
                    repeats++;
                }
                else
                {
                    batch.Add(New(index, _sent[index]++, random));
                }
            }
            await _senders[index].SendAsync(batch, cancellation);
            Interlocked.Add(ref _repeats, repeats);
            earlier.AddRange(batch);
            earlier.RemoveRange(0, Math.Max(0, earlier.Count - Remembered));
        }
    }

    /// <summary>One and a half events of a visitor in the gap, so that sessions have a few events each.</summary>
    private SentEvent New(int client, int number, Random random)
    {
        var visitor = random.Next(Math.Max(1, options.Rate * (int)CampaignOptions.Gap.TotalSeconds * 2 / 3));
        var kind = random.NextDouble();
        var back = kind < TooLate ? _lateBy : kind < TooLate + OutOfOrder ? _furthestOutOfOrder * random.NextDouble() : TimeSpan.Zero;
        var type = random.Next(3) == 0 ? "\"type\":\"track\",\"event\":\"step\"" : "\"type\":\"page\"";
        var id = IdOf(client, number);
        var json = string.Create(CultureInfo.InvariantCulture,
            $"{{{type},\"anonymousId\":\"v{visitor}\",\"messageId\":\"{id}\",\"timestamp\":\"{DateTime.UtcNow - back:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"properties\":{{\"path\":\"/p/{random.Next(40)}\"}}}}");
        return new SentEvent(id, Encoding.UTF8.GetBytes(json), IsBad: false, IsLate: kind < TooLate);
    }

    private static string IdOf(int client, int number) => string.Create(CultureInfo.InvariantCulture, $"c{client}-{number}");
}
