using System.Text.RegularExpressions;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>
/// From a panel's SQL to what ClickHouse is sent. In the order in which it happens: the browser resolves <c>$__conditionalAll</c>, then puts variables in; the plugin's backend
/// replaces the macros, with the range as numbers.
/// </summary>
internal static partial class Expander
{
    internal static string Expand(string sql, PickedRange range, params Variable[] variables) =>
        Macros(Variables(ConditionalAll(sql, variables), variables), range);

    private static string ConditionalAll(string sql, Variable[] variables)
    {
        const string Macro = "$__conditionalAll";
        for (var at = sql.LastIndexOf(Macro, StringComparison.Ordinal); at >= 0; at = sql.LastIndexOf(Macro, StringComparison.Ordinal))
        {
            var (arguments, end) = Arguments(sql, at + Macro.Length);
            if (arguments.Length != 2)
                throw new InvalidDataException($"{Macro} takes a condition and a variable: {sql}");
            var name = VariableName().Match(arguments[1]).Value;
            sql = sql[..at] + (variables.Single(v => v.Name == name).All ? "1=1" : arguments[0]) + sql[end..];
        }
        return sql;
    }

    // $__ names are the backend's; the browser leaves what it does not know.
    private static string Variables(string sql, Variable[] variables) => Reference().Replace(sql, match =>
    {
        var name = match.Groups["plain"].Success ? match.Groups["plain"].Value : match.Groups["name"].Value;
        if (name.StartsWith("__", StringComparison.Ordinal))
            return match.Value;
        var variable = variables.FirstOrDefault(v => v.Name == name) ?? throw new InvalidDataException($"there is no variable {name}: {sql}");
        return variable.Format(match.Groups["format"].Success ? match.Groups["format"].Value : null);
    });

    private static string Macros(string sql, PickedRange range)
    {
        for (var match = Macro().Match(sql); match.Success; match = Macro().Match(sql))
        {
            var end = match.Index + match.Length;
            var arguments = Array.Empty<string>();
            if (end < sql.Length && sql[end] == '(' && !match.Groups[1].Value.StartsWith("from", StringComparison.Ordinal) && !match.Groups[1].Value.StartsWith("to", StringComparison.Ordinal))
                (arguments, end) = Arguments(sql, end);
            sql = sql[..match.Index] + Replacement(match.Groups[1].Value, arguments, range) + sql[end..];
        }
        return sql;
    }

    private static string Replacement(string macro, string[] arguments, PickedRange range)
    {
        string Only() => arguments is [var one] ? one.Trim() : throw new InvalidDataException($"$__{macro} takes one argument, here {arguments.Length}");
        var (from, to) = (range.From, range.To);
        return macro switch
        {
            "fromTime" => Seconds(from),
            "toTime" => Seconds(to),
            "fromTime_ms" => Milliseconds(from),
            "toTime_ms" => Milliseconds(to),
            "timeFilter" => $"{Only()} >= {Seconds(from)} AND {Only()} <= {Seconds(to)}",
            "timeFilter_ms" => $"{Only()} >= {Milliseconds(from)} AND {Only()} <= {Milliseconds(to)}",
            "dateFilter" => $"{Only()} >= toDate('{from:yyyy-MM-dd}') AND {Only()} <= toDate('{to:yyyy-MM-dd}')",
            "timeInterval" => $"toStartOfInterval(toDateTime({Only()}), INTERVAL {range.IntervalSeconds} second)",
            "timeInterval_ms" => $"toStartOfInterval(toDateTime64({Only()}, 3), INTERVAL {range.IntervalSeconds * 1000L} millisecond)",
            "interval_s" => range.IntervalSeconds.ToString(),
            _ => throw new InvalidDataException($"the plugin has no macro $__{macro}"),
        };
    }

    private static string Seconds(DateTimeOffset time) => $"toDateTime({time.ToUnixTimeSeconds()})";

    private static string Milliseconds(DateTimeOffset time) => $"fromUnixTimestamp64Milli({time.ToUnixTimeMilliseconds()})";

    // Brackets are counted; what stands in quotes counts too, as in the plugin: panels must not have brackets in texts there.
    private static (string[] Arguments, int End) Arguments(string sql, int open)
    {
        var arguments = new List<string>();
        var (depth, from) = (0, open + 1);
        for (var i = open; i < sql.Length; i++)
        {
            if (sql[i] == '(')
                depth++;
            else if (sql[i] == ',' && depth == 1)
            {
                arguments.Add(sql[from..i]);
                from = i + 1;
            }
            else if (sql[i] == ')' && --depth == 0)
                return ([.. arguments, sql[from..i]], i + 1);
        }
        throw new InvalidDataException($"a bracket does not close: {sql}");
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)(?::(?<format>\w+))?\}|\$(?<plain>\w+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"(?<=\$\{)\w+(?=\})|(?<=\$)\w+")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\$__(\w+)")]
    private static partial Regex Macro();
}
