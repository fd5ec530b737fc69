namespace Tidemark.Local.Demo.Traffic;

/// <summary>Something the shop sells.</summary>
/// <param name="Slug">Last part of its page's path.</param>
/// <param name="Title">As it stands on the page.</param>
/// <param name="Category">Slug of its category.</param>
/// <param name="Price">In euros.</param>
internal sealed record Product(string Slug, string Title, string Category, decimal Price)
{
    public ShopPage Page => new($"/p/{Slug}", $"{Title} – Harbour Tea");
}

/// <summary>A page of the shop.</summary>
/// <param name="Path">Path without query.</param>
/// <param name="Title">Its title.</param>
internal sealed record ShopPage(string Path, string Title);
