namespace Tidemark.HttpHardening.Pages;

/// <summary>Metadata of an endpoint that pages of any origin may ask for: it tells nothing, or judges the page itself. Every other path is closed to them.</summary>
public sealed class OpenToPages
{
    private OpenToPages()
    {
    }

    public static OpenToPages Instance { get; } = new();
}
