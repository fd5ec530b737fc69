using System.Text.Json;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo.Report;

/// <summary>A query's answer as texts.</summary>
/// <param name="Columns">Their names and what they hold.</param>
/// <param name="Rows">The cells.</param>
internal sealed record Answer(IReadOnlyList<AnswerColumn> Columns, IReadOnlyList<string[]> Rows)
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
            [.. json.RootElement.GetProperty("meta").EnumerateArray().Select(static c => AnswerColumn.Of(c.GetProperty("name").GetString()!, c.GetProperty("type").GetString()!))],
            [.. json.RootElement.GetProperty("data").EnumerateArray().Select(static row => row.EnumerateArray().Select(static cell => Quoted.Text(cell.ToString(), 60)).ToArray())]);
    }
}

/// <summary>A column of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsNumber">Numbers are aligned to the right.</param>
/// <param name="IsFixed">Numbers and times, which mean something else when a part of them is missing.</param>
internal sealed record AnswerColumn(string Name, bool IsNumber, bool IsFixed)
{
    public static AnswerColumn Of(string name, string type)
    {
        var isNumber = type.StartsWith("UInt", StringComparison.Ordinal) || type.StartsWith("Int", StringComparison.Ordinal) || type.StartsWith("Float", StringComparison.Ordinal);
        return new AnswerColumn(name, isNumber, isNumber || type.StartsWith("Date", StringComparison.Ordinal));
    }
}
