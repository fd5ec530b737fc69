namespace Tidemark.Local.Demo;

/// <summary>What the made-up shop sells and where its visitors come from.</summary>
internal static class ShopCatalog
{
    public static readonly (string Path, string Name, int Cents)[] Products =
    [
        ("/products/trail-shoe", "Trail shoe", 11900), ("/products/rain-jacket", "Rain jacket", 14900), ("/products/wool-socks", "Wool socks", 1900),
        ("/products/daypack", "Daypack", 7900), ("/products/head-torch", "Head torch", 4500), ("/products/water-bottle", "Water bottle", 2400),
        ("/products/tent-two", "Tent for two", 24900), ("/products/sleeping-mat", "Sleeping mat", 8900),
    ];

    public static readonly string[] Searches = ["shoes", "tent", "rain", "gift", "waterproof", "kids jacket", "sale"];

    /// <summary>Origins with their weight: landing page, referrer, campaign (source, medium, name).</summary>
    public static readonly Origin[] Origins =
    [
        new(30, "/", "", null),
        new(25, "/products/trail-shoe", "https://www.google.com/", null),
        new(10, "/", "https://www.google.com/", null),
        new(12, "/sale", "", new Campaign("newsletter", "email", "autumn-sale")),
        new(10, "/sale", "https://www.instagram.com/", new Campaign("instagram", "social", "autumn-sale")),
        new(8, "/products/tent-two", "https://www.bing.com/", new Campaign("bing", "cpc", "tents")),
        new(5, "/guides/first-hike", "https://hiking.example.org/best-gear", null),
    ];

    public static readonly (int Weight, string Agent)[] Agents =
    [
        (45, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1"),
        (20, "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Mobile Safari/537.36"),
        (25, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36"),
        (10, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15"),
    ];

    public sealed record Campaign(string Source, string Medium, string Name);

    public sealed record Origin(int Weight, string Landing, string Referrer, Campaign? Campaign);
}
