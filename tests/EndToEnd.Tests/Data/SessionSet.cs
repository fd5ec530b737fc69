using System.Security.Cryptography;
using System.Text;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>The hash by which sets are compared: their lines sorted by bytes, each ended by a newline. Of sessions the lines are 'user|start_ms|end_ms|count'.</summary>
internal static class SessionSet
{
    internal const string Query =
        "SELECT concat(visitor_id, '|', toString(toUnixTimestamp64Milli(started_at)), '|', toString(toUnixTimestamp64Milli(ended_at)), '|', toString(events)) FROM sessions";

    internal static string HashOf(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Order(StringComparer.Ordinal).Select(line => line + "\n")))));

    internal static string HashOf(string rows) => HashOf(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The answer of <c>sql</c> on a data folder that nothing runs on.</summary>
    internal static async Task<string> AskAsync(string data, string query)
    {
        var rows = await Shell.LocalAsync("sql", query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return rows.Out;
    }

    /// <summary>Imports a file into the folder and returns the hash of all sessions in it.</summary>
    internal static async Task<string> ImportedAsync(string data, string file, params string[] options)
    {
        var import = await Shell.LocalAsync(["import", file, .. options, "--data", data]);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return HashOf(await AskAsync(data, Query));
    }
}
