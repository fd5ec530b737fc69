using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Tidemark.LoadTests.Traffic;

/// <summary>
/// A made-up shop's events as NDJSON, about 300 bytes each: page views with URL and title, features used, now and then an error. Seeded. Event times run evenly
/// through the time that the run takes, so that visitors have sessions and the horizon moves.
/// </summary>
internal sealed class EventGenerator(int seed, int visitors)
{
    private static readonly string[] _pages = ["/", "/catalog", "/catalog/shoes", "/catalog/coats", "/product/1017", "/product/2203", "/product/3310", "/cart", "/checkout", "/account", "/help", "/search"];
    private static readonly string[] _actions = ["add_to_cart", "remove_from_cart", "search", "filter", "play_video", "compare", "wishlist", "share"];

    private readonly Random _random = new(seed);
    private long _number;

    /// <summary>Writes a batch into the buffer and returns its length.</summary>
    internal int Write(byte[] buffer, int events, DateTimeOffset now)
    {
        var at = 0;
        var time = now.UtcDateTime;
        for (var i = 0; i < events; i++)
        {
            var number = _number++;
            var visitor = _random.Next(visitors);
            var page = _pages[_random.Next(_pages.Length)];
            var what = _random.Next(100);
            var span = buffer.AsSpan(at);
            int written;
            if (what < 60)
                Utf8.TryWrite(span, CultureInfo.InvariantCulture,
                    $"{{\"type\":\"page\",\"anonymousId\":\"visitor-{visitor:D6}-5f1c\",\"messageId\":\"m-{seed}-{number}\",\"timestamp\":\"{time:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"properties\":{{\"path\":\"{page}\",\"url\":\"https://shop.example.org{page}?ref=nav\",\"title\":\"Shop {page}\"}},\"context\":{{\"locale\":\"en-GB\",\"app\":{{\"version\":\"4.2.{visitor % 5}\"}}}}}}\n", out written);
            else if (what < 98)
                Utf8.TryWrite(span, CultureInfo.InvariantCulture,
                    $"{{\"type\":\"track\",\"event\":\"{_actions[_random.Next(_actions.Length)]}\",\"anonymousId\":\"visitor-{visitor:D6}-5f1c\",\"messageId\":\"m-{seed}-{number}\",\"timestamp\":\"{time:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"properties\":{{\"item\":\"sku-{_random.Next(5000)}\",\"price\":{_random.Next(100, 9999)},\"position\":{_random.Next(40)}}},\"context\":{{\"locale\":\"en-GB\",\"page\":{{\"path\":\"{page}\"}}}}}}\n", out written);
            else
                Utf8.TryWrite(span, CultureInfo.InvariantCulture,
                    $"{{\"type\":\"track\",\"event\":\"error\",\"anonymousId\":\"visitor-{visitor:D6}-5f1c\",\"messageId\":\"m-{seed}-{number}\",\"timestamp\":\"{time:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"properties\":{{\"message\":\"card declined\",\"code\":{_random.Next(400, 520)}}},\"context\":{{\"page\":{{\"path\":\"{page}\"}}}}}}\n", out written);
            at += written;
        }
        return at;
    }
}
