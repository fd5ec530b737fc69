namespace Tidemark.Collector.Intake;

/// <summary>What is kept of a user agent. The arrays live as long as the process.</summary>
internal readonly record struct AgentFamilies(byte[] Device, byte[] Browser, byte[] Os, bool Bot)
{
    internal static AgentFamilies Unknown => new([], [], [], false);
}

/// <summary>
/// Reduces a user agent to families by the tokens that browsers are known to send. It knows the common ones only and says nothing rather than guess;
/// versions and models are dropped.
/// </summary>
internal static class UserAgent
{
    private static readonly (byte[] Token, byte[] Family)[] _browsers = Table(
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"), ("Vivaldi/", "Vivaldi"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chrome"), ("Trident/", "Internet Explorer"), ("MSIE ", "Internet Explorer"), ("Safari/", "Safari"));

    private static readonly (byte[] Token, byte[] Family)[] _systems = Table(
        ("Windows", "Windows"), ("iPhone", "iOS"), ("iPad", "iOS"), ("iPod", "iOS"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"), ("FreeBSD", "FreeBSD"));

    private static readonly (byte[] Token, byte[] Family)[] _robots = Table(
        ("bot", ""), ("Bot", ""), ("BOT", ""), ("pider", ""), ("rawl", ""), ("Slurp", ""), ("Headless", ""), ("facebookexternalhit", ""), ("Feed", ""), ("feed", ""), ("monitor", ""),
        ("Monitor", ""), ("curl/", ""), ("Wget/", ""), ("python-requests", ""), ("Go-http-client", ""), ("libwww", ""));

    private static readonly byte[] _desktop = "desktop"u8.ToArray();
    private static readonly byte[] _mobile = "mobile"u8.ToArray();
    private static readonly byte[] _tablet = "tablet"u8.ToArray();
    private static readonly byte[] _bot = "bot"u8.ToArray();

    internal static AgentFamilies Reduce(ReadOnlySpan<byte> agent)
    {
        if (agent.IsEmpty)
            return AgentFamilies.Unknown;
        var bot = Find(agent, _robots) is not null;
        var os = Find(agent, _systems) ?? [];
        return new AgentFamilies(bot ? _bot : Device(agent, os.Length > 0), Find(agent, _browsers) ?? [], os, bot);
    }

    private static byte[] Device(ReadOnlySpan<byte> agent, bool systemKnown)
    {
        if (agent.IndexOf("iPad"u8) >= 0 || agent.IndexOf("Tablet"u8) >= 0)
            return _tablet;
        if (agent.IndexOf("Mobi"u8) >= 0 || agent.IndexOf("iPhone"u8) >= 0 || agent.IndexOf("iPod"u8) >= 0)
            return _mobile;
        if (agent.IndexOf("Android"u8) >= 0)
            return _tablet;
        return systemKnown ? _desktop : [];
    }

    private static byte[]? Find(ReadOnlySpan<byte> agent, (byte[] Token, byte[] Family)[] table)
    {
        foreach (var (token, family) in table)
        {
            if (agent.IndexOf(token) >= 0)
                return family;
        }
        return null;
    }

    private static (byte[] Token, byte[] Family)[] Table(params (string Token, string Family)[] rows) =>
        Array.ConvertAll(rows, row => (System.Text.Encoding.ASCII.GetBytes(row.Token), System.Text.Encoding.ASCII.GetBytes(row.Family)));
}
