namespace Tidemark.SchemaCode.Schemas;

internal static class Names
{
    /// <summary>utm_source: UtmSource.</summary>
    public static string Pascal(string name) => string.Concat(name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>utm_source: utmSource.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + Pascal(name)[1..];
}
