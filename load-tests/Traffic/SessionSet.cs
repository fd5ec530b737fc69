using System.Security.Cryptography;
using System.Text;

namespace Tidemark.LoadTests.Traffic;

/// <summary>The hash by which sets are compared: their lines sorted by bytes, each ended by a newline. Of sessions the lines are 'user|start_ms|end_ms|count'.</summary>
internal static class SessionSet
{
    internal const string Query =
        "SELECT concat(visitor_id, '|', toString(toUnixTimestamp64Milli(started_at)), '|', toString(toUnixTimestamp64Milli(ended_at)), '|', toString(events)) FROM sessions";

    internal static string HashOf(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Order(StringComparer.Ordinal).Select(line => line + "\n")))));

    internal static string HashOf(string rows) => HashOf(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
