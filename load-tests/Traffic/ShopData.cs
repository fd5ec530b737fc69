using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tidemark.LoadTests.Product;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Traffic;

/// <summary>The online shop's public data set in the folder <c>shared/data</c> beside the repository, with the sessions that other people's software computed from it.</summary>
internal sealed class ShopData
{
    private ShopData(IReadOnlyList<string> events, string sessionsHash, int sessions) => (Events, SessionsHash, Sessions) = (events, sessionsHash, sessions);

    /// <summary>Events as JSON, in the order of their times, each with a message id.</summary>
    internal IReadOnlyList<string> Events { get; }

    /// <summary>SHA-256 of the expected sessions as <see cref="SessionSet"/> hashes them.</summary>
    internal string SessionsHash { get; }

    internal int Sessions { get; }

    internal static string Folder { get; } = RepositoryFolder.Shared("data");

    internal static string File { get; } = Path.Combine(Folder, "simple-onlineshop.csv.gz");

    /// <summary>What is missing to have it, and what to do; null when nothing is.</summary>
    internal static string? WhyNone { get; } = System.IO.File.Exists(File) ? null : "no public data sets: lay the folder shared/data beside the repository";

    internal static ShopData Read()
    {
        using var text = new StreamReader(new GZipStream(System.IO.File.OpenRead(File), CompressionMode.Decompress));
        var rows = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimEnd('\r').Split(','))
            .Select(columns => (Visitor: columns[0], Event: columns[1], Time: DateTime.Parse(columns[2], CultureInfo.InvariantCulture))).OrderBy(row => row.Time).ToList();
        using var expected = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(Folder, "expected", "simple-onlineshop.json")));
        var sessions = expected.RootElement.GetProperty("sessions_30m");
        return new ShopData(
            [.. rows.Select((row, n) => string.Create(CultureInfo.InvariantCulture,
                $"{{\"type\":\"track\",\"event\":\"{row.Event}\",\"anonymousId\":\"{row.Visitor}\",\"messageId\":\"shop-{n}\",\"timestamp\":\"{row.Time:yyyy-MM-ddTHH:mm:ss.ffffff}Z\"}}"))],
            sessions.GetProperty("sha256").GetString()!, sessions.GetProperty("sessions").GetInt32());
    }
}
