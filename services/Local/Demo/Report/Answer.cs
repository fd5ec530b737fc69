using System.Text.Json;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo.Report;

/// <summary>A query's answer as texts.</summary>
/// <param name="Columns">Their names, and whether they are numbers.</param>
/// <param name="Rows">The cells.</param>
internal sealed record Answer(IReadOnlyList<(string Name, bool IsNumber)> Columns, IReadOnlyList<string[]> Rows)
{
    /// <summary>Asks; fails with the engine's text when it refuses the query.</summary>
    public static async Task<Answer> AskAsync(SqlClient sql, string query, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        if (await sql.CopyAsync(query, "JSONCompact", bytes, cancellation) is { } error)
            throw new CommandFailedException($"ClickHouse refused a query of the demo: {Quoted.Text(error.Trim(), 500)}");
        bytes.Position = 0;
        using var json = await JsonDocument.ParseAsync(bytes, cancellationToken: cancellation);
        return new Answer(
            [.. json.RootElement.GetProperty("meta").EnumerateArray().Select(static c => (c.GetProperty("name").GetString()!, IsNumber(c.GetProperty("type").GetString()!)))],
            [.. json.RootElement.GetProperty("data").EnumerateArray().Select(static row => row.EnumerateArray().Select(static cell => Quoted.Text(cell.ToString(), 60)).ToArray())]);
    }

    private static bool IsNumber(string type) =>
        type.StartsWith("UInt", StringComparison.Ordinal) || type.StartsWith("Int", StringComparison.Ordinal) || type.StartsWith("Float", StringComparison.Ordinal);
}
