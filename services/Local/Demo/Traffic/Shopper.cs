using System.Globalization;

namespace Tidemark.Local.Demo.Traffic;

/// <summary>Somebody who visits the shop, and what stays the same from visit to visit.</summary>
internal sealed record Shopper
{
    /// <summary>What the browser's cookie holds.</summary>
    public required string AnonymousId { get; init; }

    /// <summary>The account's id; null for somebody who has none.</summary>
    public string? AccountId { get; init; }

    public required string UserAgent { get; init; }

    public required string Locale { get; init; }

    /// <summary>Variant of the experiment; the same at every visit.</summary>
    public required string Variant { get; init; }

    /// <summary>Is logged in from now on; the browser keeps the login for the rest of the day.</summary>
    public bool LoggedIn { get; set; }

    public static Shopper New(Random random)
    {
        var hasAccount = random.NextDouble() < 0.3;
        return new Shopper
        {
            AnonymousId = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
            AccountId = hasAccount ? $"customer-{random.Next(10_000, 100_000)}" : null,
            UserAgent = random.Pick(Shop.Agents),
            Locale = random.Pick(Shop.Locales),
            Variant = Shop.Variants[random.Next(Shop.Variants.Count)],
            LoggedIn = hasAccount && random.NextDouble() < 0.3,
        };
    }
}
