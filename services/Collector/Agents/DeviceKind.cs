namespace Tidemark.Collector.Agents;

/// <summary>The kind of device that an event keeps, from what uap-core says of the device; its models are dropped.</summary>
internal static class DeviceKind
{
    private static readonly byte[] _desktop = "desktop"u8.ToArray();
    private static readonly byte[] _mobile = "mobile"u8.ToArray();
    private static readonly byte[] _tablet = "tablet"u8.ToArray();

    internal static byte[] Bot { get; } = "bot"u8.ToArray();

    /// <param name="agent">The user agent, plain.</param>
    /// <param name="os">Family of the operating system.</param>
    /// <param name="family">Family of the device: a model, or a class as <c>Generic Tablet</c>.</param>
    /// <param name="brand">Maker or class of the device.</param>
    internal static byte[] Of(string agent, string os, string family, string? brand)
    {
        if (family == "iPad" || family.Contains("Tablet", StringComparison.Ordinal) || brand == "Generic_Android_Tablet")
            return _tablet;
        // Browsers on phones say "Mobi" (https://developer.mozilla.org/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent).
        if (family is "iPhone" or "iPod" or "Generic Smartphone" or "Generic Feature Phone" || agent.Contains("Mobi", StringComparison.Ordinal))
            return _mobile;
        if (brand == "Generic_Inettv" || os == FamilyRules.Other)
            return [];
        // Browsers on tablets with Android do not; programs that are no browsers never say it.
        if (os == "Android")
            return agent.Contains("Safari/", StringComparison.Ordinal) ? _tablet : _mobile;
        // Of all that carries a system, only a computer has no model of its own.
        return family is FamilyRules.Other or "Mac" ? _desktop : [];
    }
}
