namespace Tidemark.Local.Demo.Traffic;

/// <summary>The made-up shop: what it sells, where its visitors come from and with which devices. A product's place in the list is its popularity.</summary>
internal static class Shop
{
    public const string Origin = "https://harbour-tea.example";

    public const string Experiment = "one-page-checkout";

    /// <summary>Variants of the experiment; the first one is the control.</summary>
    public static readonly IReadOnlyList<string> Variants = ["classic", "one-page"];

    public static readonly ShopPage Home = new("/", "Harbour Tea");
    public static readonly ShopPage Search = new("/search", "Search – Harbour Tea");
    public static readonly ShopPage Cart = new("/cart", "Your cart – Harbour Tea");
    public static readonly ShopPage Checkout = new("/checkout", "Checkout – Harbour Tea");
    public static readonly ShopPage Thanks = new("/thank-you", "Thank you – Harbour Tea");
    public static readonly ShopPage Shipping = new("/help/shipping", "Shipping and returns – Harbour Tea");
    public static readonly ShopPage Account = new("/account", "Your account – Harbour Tea");
    public static readonly ShopPage Sale = new("/sale", "Autumn sale – Harbour Tea");
    public static readonly ShopPage Journal = new("/journal/how-to-brew-green-tea", "How to brew green tea – Harbour Tea");

    public static readonly IReadOnlyList<string> Categories = ["green-tea", "black-tea", "herbal", "teaware"];

    public static readonly IReadOnlyList<Product> Products =
    [
        new("sencha-spring", "Sencha Spring", "green-tea", 14.50m),
        new("english-breakfast", "English Breakfast", "black-tea", 8.90m),
        new("cast-iron-pot", "Cast Iron Pot", "teaware", 64.00m),
        new("peppermint", "Peppermint", "herbal", 6.50m),
        new("earl-grey", "Earl Grey", "black-tea", 9.80m),
        new("gyokuro", "Gyokuro", "green-tea", 32.00m),
        new("double-wall-glass", "Double Wall Glass", "teaware", 12.00m),
        new("rooibos-vanilla", "Rooibos Vanilla", "herbal", 7.20m),
        new("darjeeling-first-flush", "Darjeeling First Flush", "black-tea", 21.00m),
        new("jasmine-pearls", "Jasmine Pearls", "green-tea", 18.70m),
        new("matcha-whisk", "Matcha Whisk", "teaware", 16.40m),
        new("evening-herbs", "Evening Herbs", "herbal", 6.90m),
    ];

    public static readonly IReadOnlyList<string> SearchTerms = ["matcha", "green tea", "gift", "teapot", "decaf", "oolong", "sencha", "earl grey"];

    /// <summary>Where visits come from, with their shares.</summary>
    public static readonly IReadOnlyList<(Source Source, double Weight)> Sources =
    [
        (new("", "", 0.25), 0.30),
        (new("https://www.google.com/", "", 0.15), 0.26),
        (new("https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=autumn-sale&utm_term=green+tea", 0.7), 0.14),
        (new("", "utm_source=newsletter&utm_medium=email&utm_campaign=november-news", 0.5), 0.12),
        (new("https://www.instagram.com/", "utm_source=instagram&utm_medium=social&utm_campaign=autumn-sale&utm_content=story", 0.6), 0.09),
        (new("https://duckduckgo.com/", "", 0.1), 0.05),
        (new("https://tea-blog.example/best-green-teas", "", 0), 0.04),
    ];

    /// <summary>User agents, with their shares.</summary>
    public static readonly IReadOnlyList<(string Agent, double Weight)> Agents =
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", 0.28),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", 0.11),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", 0.05),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", 0.27),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", 0.22),
        ("Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", 0.07),
    ];

    public static readonly IReadOnlyList<(string Locale, double Weight)> Locales = [("en-GB", 0.5), ("de-DE", 0.25), ("fr-FR", 0.15), ("nl-NL", 0.1)];

    /// <summary>How busy each hour of the day is (UTC): quiet at night, a hump at lunch, the peak in the evening.</summary>
    public static readonly IReadOnlyList<double> HourWeights =
        [0.22, 0.13, 0.09, 0.07, 0.08, 0.15, 0.35, 0.6, 0.8, 0.9, 0.95, 1.05, 1.25, 1.1, 0.95, 0.95, 1.05, 1.2, 1.45, 1.75, 1.85, 1.6, 1.0, 0.5];

    public static ShopPage CategoryPage(string category) => new($"/c/{category}", $"{char.ToUpperInvariant(category[0])}{category[1..].Replace('-', ' ')} – Harbour Tea");
}

/// <summary>Where a visit comes from.</summary>
/// <param name="Referrer">Address of the page with the link; empty when typed, bookmarked or from a mail.</param>
/// <param name="Campaign">The utm_ parameters of the link, form encoded; empty without a campaign.</param>
/// <param name="FrontShare">Share of its visits that land on the front page, or on the sale's page when there is a campaign; the others land deeper.</param>
internal sealed record Source(string Referrer, string Campaign, double FrontShare);
