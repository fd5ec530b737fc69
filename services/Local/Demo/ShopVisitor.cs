using System.Text.Json.Nodes;

namespace Tidemark.Local.Demo;

/// <summary>One visitor of the shop: who it is, what it came with, and which way a visit takes. All chance comes from one seeded source.</summary>
internal sealed class ShopVisitor(Random random, int number, string idPrefix)
{
    public const string Experiment = "checkout-button";

    private readonly string _id = $"{idPrefix}-visitor-{number:000}";
    private readonly string? _user = random.Next(4) == 0 ? $"customer-{number:000}" : null;
    private readonly string _agent = Weighted(random, ShopCatalog.Agents, a => a.Weight).Agent;
    private readonly string _variant = random.Next(2) == 0 ? "control" : "green";
    private int _messages;

    /// <summary>Visits of this visitor in the day: most come once, some again and again.</summary>
    public int Visits { get; } = random.Next(100) switch { < 62 => 1, < 84 => 2, < 95 => 3, _ => 5 };

    /// <summary>The events of one visit, from its first moment on.</summary>
    public IEnumerable<(DateTimeOffset Time, JsonObject Event)> Visit(DateTimeOffset start)
    {
        var time = start;
        var origin = Weighted(random, ShopCatalog.Origins, o => o.Weight);
        yield return (time, Page(time, origin.Landing, origin));
        // Four of ten have seen enough.
        if (random.Next(100) < 38)
            yield break;
        if (random.Next(3) == 0)
        {
            Pass(ref time, 5, 30);
            var words = ShopCatalog.Searches[random.Next(ShopCatalog.Searches.Length)];
            yield return (time, Track(time, "Products Searched", "/search", ("query", words)));
        }
        var cart = 0;
        for (var views = 1 + random.Next(5); views > 0; views--)
        {
            Pass(ref time, 8, 120);
            var product = ShopCatalog.Products[random.Next(ShopCatalog.Products.Length)];
            yield return (time, Page(time, product.Path, null));
            yield return (time.AddMilliseconds(300), Track(time.AddMilliseconds(300), "Product Viewed", product.Path, ("product", product.Name), ("price", product.Cents / 100m)));
            if (random.Next(100) >= 28)
                continue;
            Pass(ref time, 4, 40);
            cart += product.Cents;
            yield return (time, Track(time, "Product Added", product.Path, ("product", product.Name), ("price", product.Cents / 100m)));
        }
        if (cart == 0 || random.Next(100) < 35)
            yield break;
        foreach (var step in Checkout(time, cart))
            yield return step;
    }

    private IEnumerable<(DateTimeOffset, JsonObject)> Checkout(DateTimeOffset time, int cents)
    {
        Pass(ref time, 5, 40);
        yield return (time, Page(time, "/checkout", null));
        yield return (time.AddMilliseconds(150), Track(time.AddMilliseconds(150), "Experiment Viewed", "/checkout", ("experiment", Experiment), ("variant", _variant)));
        yield return (time.AddMilliseconds(400), Track(time.AddMilliseconds(400), "Checkout Started", "/checkout", ("value", cents / 100m)));
        Pass(ref time, 20, 120);
        if (random.Next(100) < 16)
        {
            yield return (time, Track(time, "Error", "/checkout", ("message", random.Next(3) == 0 ? "card declined" : "payment service timed out")));
            if (random.Next(2) == 0)
                yield break;
            Pass(ref time, 10, 60);
        }
        // The green button is worth it, if not by much.
        if (random.Next(100) >= (_variant == "green" ? 74 : 58))
            yield break;
        yield return (time, Track(time, "Order Completed", "/checkout", ("value", cents / 100m)));
        yield return (time.AddMilliseconds(700), Page(time.AddMilliseconds(700), "/thank-you", null));
    }

    private void Pass(ref DateTimeOffset time, int leastSeconds, int mostSeconds) =>
        time = time.AddMilliseconds(random.Next(leastSeconds * 1000, mostSeconds * 1000));

    private JsonObject Page(DateTimeOffset time, string path, ShopCatalog.Origin? origin)
    {
        var call = Call("page", time, path);
        if (origin?.Referrer is { Length: > 0 } referrer)
            call["context"]!["page"]!["referrer"] = referrer;
        if (origin?.Campaign is { } campaign)
            call["context"]!["campaign"] = new JsonObject { ["source"] = campaign.Source, ["medium"] = campaign.Medium, ["name"] = campaign.Name };
        return call;
    }

    private JsonObject Track(DateTimeOffset time, string name, string path, params (string Name, JsonNode Value)[] properties)
    {
        var call = Call("track", time, path);
        call["event"] = name;
        call["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)p.Value)));
        return call;
    }

    private JsonObject Call(string type, DateTimeOffset time, string path)
    {
        var call = new JsonObject
        {
            ["type"] = type,
            ["anonymousId"] = _id,
            ["timestamp"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["messageId"] = $"{_id}-{++_messages}",
            ["context"] = new JsonObject { ["page"] = new JsonObject { ["path"] = path, ["url"] = "https://shop.example.com" + path }, ["userAgent"] = _agent },
        };
        if (_user is not null)
            call["userId"] = _user;
        return call;
    }

    private static T Weighted<T>(Random random, T[] choices, Func<T, int> weight)
    {
        var at = random.Next(choices.Sum(weight));
        foreach (var choice in choices)
        {
            at -= weight(choice);
            if (at < 0)
                return choice;
        }
        return choices[^1];
    }
}
