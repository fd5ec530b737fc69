using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>The public data sets with results that other people's software computed, where the folder with them lies beside the repository.</summary>
internal static partial class PublicData
{
    private static readonly string _folder = RepositoryFolder.Shared("data");

    internal static string Shop { get; } = Path.Combine(_folder, "simple-onlineshop.csv.gz");

    internal static string WebLog { get; } = Path.Combine(_folder, "apache_logs.gz");

    /// <summary>Options of <c>import</c> for the shop.</summary>
    internal static string[] ShopOptions { get; } = ["--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp"];

    internal static void SkipWithout() => Skip.IfNot(Directory.Exists(_folder), "no public data sets: lay the folder shared/data beside the repository");

    internal static JsonElement Expected(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "expected", name + ".json"))).RootElement;

    /// <summary>The set of sessions that is expected, by its hash.</summary>
    internal static string SessionHash(JsonElement expected) => expected.GetProperty("sessions_30m").GetProperty("sha256").GetString()!;

    /// <summary>Lines as bytes would read, one character a byte: what is no UTF-8 stays apart.</summary>
    internal static string[] Lines(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.Latin1);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Writes the lines in another order; a header stays where it is.</summary>
    internal static string Shuffled(string file, string target, int headerLines, int seed)
    {
        var lines = Lines(file);
        new Random(seed).Shuffle(lines.AsSpan(headerLines));
        File.WriteAllText(target, string.Concat(lines.Select(line => line + "\n")), Encoding.Latin1);
        return target;
    }

    /// <summary>The shop's events as a client sends them.</summary>
    internal static IEnumerable<(DateTime Time, string Json)> ShopEvents() => Lines(Shop).Skip(1).Select((line, row) =>
    {
        var fields = line.TrimEnd('\r').Split(',');
        return (DateTime.Parse(fields[2], CultureInfo.InvariantCulture),
            $$"""{"type":"track","event":"{{fields[1]}}","anonymousId":"{{fields[0]}}","timestamp":"{{fields[2]}}","messageId":"row-{{row}}"}""");
    });

    /// <summary>The web server's requests as a client sends them that names its visitors as the expected sessions do.</summary>
    internal static IEnumerable<(DateTime Time, string Json)> WebLogEvents() => Lines(WebLog).Select(line => Request().Match(line)).Where(match => match.Success).Select((match, row) =>
    {
        var time = DateTime.ParseExact(match.Groups[2].Value, "dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
        var user = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes($"{match.Groups[1].Value} {match.Groups[3].Value}")).AsSpan(0, 8));
        return (time, string.Create(CultureInfo.InvariantCulture, $$"""{"type":"page","name":"request","anonymousId":"{{user}}","timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}Z","messageId":"row-{{row}}"}"""));
    });

    [GeneratedRegex("""^(\S+) \S+ \S+ \[([^ ]+) \+0000\] .*"([^"]*)"$""")]
    private static partial Regex Request();
}
