namespace Tidemark.Local.Demo.Traffic;

/// <summary>
/// One visit, step by step: land, look around, perhaps fill a cart, perhaps buy. What goes wrong on the way makes most visitors leave; the new checkout of the
/// experiment loses fewer of them.
/// </summary>
internal sealed class Visit(Shopper shopper, Random random)
{
    private const double BounceShare = 0.24;
    private const double LeaveAfterErrorShare = 0.7;

    private static readonly IReadOnlyList<(string Next, double Weight)> Browsing =
        [("category", 0.24), ("product", 0.40), ("search", 0.11), ("home", 0.05), ("help", 0.04), ("journal", 0.03), ("leave", 0.13)];

    private readonly List<Product> _cart = [];
    private ShopPage _page = Shop.Home;

    private bool Happens(double probability) => random.NextDouble() < probability;

    /// <summary>Lazily, so that a live visitor can be walked one step at a time.</summary>
    public IEnumerable<Step> Walk()
    {
        var source = random.Pick(Shop.Sources);
        var landing = Landing(source);
        yield return See(landing, 0) with { Source = source };
        if (Happens(BounceShare))
            yield break;
        foreach (var step in LogIn())
            yield return step;
        if (ProductOn(landing) is { } product)
        {
            foreach (var step in Consider(product))
                yield return step;
        }
        // Forty steps are more than anybody takes; the bound keeps a visit from going on for ever.
        for (var i = 0; i < 40; i++)
        {
            if (_cart.Count > 0 && Happens(0.3))
            {
                foreach (var step in ToCheckout())
                    yield return step;
                yield break;
            }
            var next = random.Pick(Browsing);
            if (next == "leave")
                yield break;
            var failed = false;
            foreach (var step in Browse(next))
            {
                failed = step.Name == "error";
                yield return step;
            }
            if (failed && Happens(LeaveAfterErrorShare))
                yield break;
        }
    }

    private ShopPage Landing(Source source)
    {
        if (Happens(source.FrontShare))
            return source.Campaign.Length > 0 ? Shop.Sale : Shop.Home;
        return source.Referrer.Contains("blog", StringComparison.Ordinal) ? Shop.Journal
            : Happens(0.5) ? random.PickPopular(Shop.Products).Page
            : Happens(0.5) ? Shop.CategoryPage(random.PickPopular(Shop.Categories))
            : Shop.Home;
    }

    private static Product? ProductOn(ShopPage page) => Shop.Products.FirstOrDefault(p => p.Page.Path == page.Path);

    private IEnumerable<Step> LogIn()
    {
        if (shopper.AccountId is null || shopper.LoggedIn || !Happens(0.5))
            yield break;
        yield return See(Shop.Account, 12);
        shopper.LoggedIn = true;
        yield return Do("login", 15, ("method", "password"));
        yield return new Step("identify", "", _page, TimeSpan.FromMilliseconds(40)) { Properties = [("plan", Happens(0.2) ? "club" : "standard")] };
    }

    private IEnumerable<Step> Browse(string next)
    {
        switch (next)
        {
            case "category":
                yield return See(Shop.CategoryPage(random.PickPopular(Shop.Categories)), 18);
                break;
            case "product":
                var product = random.PickPopular(Shop.Products);
                yield return See(product.Page, 22);
                foreach (var step in Consider(product))
                    yield return step;
                break;
            case "search":
                yield return See(Shop.Search, 14);
                yield return Do("search", 6, ("query", random.PickPopular(Shop.SearchTerms)), ("results", random.Next(0, 9)));
                if (Happens(0.12))
                    yield return Fail("SearchTimeout", "the search did not answer within 10 s");
                break;
            default:
                yield return See(next switch { "help" => Shop.Shipping, "journal" => Shop.Journal, _ => Shop.Home }, 25);
                break;
        }
    }

    private IEnumerable<Step> Consider(Product product)
    {
        yield return Do("product_viewed", 1.5, ("product", product.Slug), ("category", product.Category), ("price", product.Price));
        if (!Happens(0.27))
            yield break;
        if (Happens(0.05))
        {
            yield return Fail("TypeError", "cannot read properties of undefined (reading 'stock')");
            yield break;
        }
        _cart.Add(product);
        yield return Do("add_to_cart", 30, ("product", product.Slug), ("price", product.Price), ("quantity", 1));
    }

    private IEnumerable<Step> ToCheckout()
    {
        yield return See(Shop.Cart, 20);
        if (Happens(0.12))
        {
            yield return Do("remove_from_cart", 10, ("product", _cart[^1].Slug));
            _cart.RemoveAt(_cart.Count - 1);
        }
        if (_cart.Count == 0 || Happens(0.15))
            yield break;
        yield return See(Shop.Checkout, 12);
        yield return Do("exposure", 0.3, ("experiment", Shop.Experiment), ("variant", shopper.Variant));
        yield return Do("checkout", 1, ("items", _cart.Count), ("value", _cart.Sum(static p => p.Price)));
        if (Happens(0.1))
        {
            yield return Fail("PaymentDeclined", "the bank declined the payment");
            if (Happens(LeaveAfterErrorShare))
                yield break;
        }
        if (!Happens(shopper.Variant == Shop.Variants[0] ? 0.5 : 0.78))
            yield break;
        yield return Do("purchase", 55, ("order_id", $"o-{random.Next(100_000, 1_000_000)}"), ("items", _cart.Count), ("value", _cart.Sum(static p => p.Price)), ("currency", "EUR"));
        yield return See(Shop.Thanks, 1);
        if (Happens(0.15))
            yield return Do("newsletter_signup", 20);
    }

    private Step See(ShopPage page, double seconds)
    {
        _page = page;
        return new Step("page", "", page, seconds == 0 ? TimeSpan.Zero : random.Reading(seconds));
    }

    private Step Do(string name, double seconds, params IReadOnlyList<(string, object)> properties) =>
        new("track", name, _page, random.Reading(seconds)) { Properties = properties };

    private Step Fail(string name, string message) => Do("error", 4, ("name", name), ("message", message));
}
