using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.Local.Configuration;

namespace Tidemark.LoadTests.Traffic;

/// <summary>The web server's public log in the folder <c>shared/data</c> beside the repository, with the sessions that other people's software computed from it.</summary>
internal sealed partial class WebLogData
{
    private readonly JsonElement _expected;
    private readonly Dictionary<string, string> _userOf = [];

    private WebLogData(JsonElement expected, byte[] key)
    {
        _expected = expected;
        var pseudonym = new VisitorPseudonym(key);
        var visitor = new byte[VisitorPseudonym.Length];
        foreach (var (address, agent) in Lines().Select(line => Visit().Match(line)).Where(match => match.Success).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Distinct())
        {
            pseudonym.Write(Encoding.Latin1.GetBytes(address), Encoding.Latin1.GetBytes(agent == "-" ? "" : agent), visitor);
            _userOf.Add(Encoding.ASCII.GetString(visitor), Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes($"{address} {agent}")).AsSpan(0, 8)));
        }
        if (_userOf.Count != expected.GetProperty("data").GetProperty("users").GetInt32())
            throw new InvalidDataException($"{_userOf.Count} users were found in {File}");
    }

    internal static string File { get; } = Path.Combine(ShopData.Folder, "apache_logs.gz");

    internal int Events => _expected.GetProperty("data").GetProperty("parsed").GetInt32();

    internal int Sessions => _expected.GetProperty("sessions_30m").GetProperty("sessions").GetInt32();

    internal string SessionsHash => _expected.GetProperty("sessions_30m").GetProperty("sha256").GetString()!;

    /// <summary>A key for the pseudonyms of visitors, to be given to <see cref="Read"/> and, as hex digits in TIDEMARK_VISITOR_KEY, to <c>import</c>.</summary>
    internal static byte[] NewKey() => RandomNumberGenerator.GetBytes(VisitorPseudonym.KeyBytes);

    /// <param name="key">The key of the visitors' pseudonyms, which the import was made with.</param>
    internal static WebLogData Read(byte[] key) => new(JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(ShopData.Folder, "expected", "apache_logs.json"))).RootElement, key);

    /// <summary>The hash of sessions as <see cref="SessionSet.Query"/> gives them: the import's visitors are under its key, the expected users are of a hash without one.</summary>
    internal string HashOf(IEnumerable<string> sessions) =>
        SessionSet.HashOf(sessions.Select(row => (_userOf.GetValueOrDefault(row[..VisitorPseudonym.Length]) ?? "unknown ") + row[VisitorPseudonym.Length..]));

    /// <summary>Lines as bytes would read, one character a byte: what is no UTF-8 stays apart.</summary>
    private static string[] Lines()
    {
        using var text = new StreamReader(new GZipStream(System.IO.File.OpenRead(File), CompressionMode.Decompress), Encoding.Latin1);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("""^(\S+) .*"([^"]*)"$""")]
    private static partial Regex Visit();
}
