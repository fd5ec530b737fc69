using System.Security.Cryptography;
using System.Text;

namespace Tidemark.LoadTests.Traffic;

/// <summary>The hash by which sets of sessions are compared: lines 'user|start_ms|end_ms|count', sorted by bytes, each ended by a newline.</summary>
internal static class SessionSet
{
    internal const string Query =
        "SELECT concat(visitor_id, '|', toString(toUnixTimestamp64Milli(started_at)), '|', toString(toUnixTimestamp64Milli(ended_at)), '|', toString(events)) FROM sessions";

    internal static string HashOf(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Order(StringComparer.Ordinal).Select(line => line + "\n")))));
}
