using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Parameters that are a client's dates: @clickhouse/client sends a JavaScript Date as seconds since 1970, with milliseconds if it has
/// some, whatever the type, also in arrays. DateTime64 takes that; DateTime refuses the fraction and Date the number, so they get what
/// they can hold.
/// </summary>
internal static partial class DateParameters
{
    // The end of the year 9999.
    const long LastSecond = 253_402_300_799;

    /// <summary>Fits the values to the types that the statement gives them; a parameter of several types stays as it is.</summary>
    public static void Fit(QueryParameters parameters, ReadOnlySpan<byte> sql)
    {
        for (var i = 0; i < parameters.Names.Count; i++)
        {
            var value = parameters.Values[i];
            var list = value.StartsWith('[');
            if (!(list ? List() : Seconds()).IsMatch(value))
                continue;
            var types = TypesOf(parameters.Names[i], sql);
            if (types.Count == 0)
                continue;
            if (types.TrueForAll(type => (list ? DateTimes() : DateTime()).IsMatch(type)))
                parameters.Values[i] = Number().Replace(value, static number => number.Groups[1].Value);
            else if (list && value.Contains('.', StringComparison.Ordinal) && types.TrueForAll(type => PreciseTimes().IsMatch(type)))
                // In an array a number without quotes is a count of ticks.
                parameters.Values[i] = Number().Replace(value, "'$0'");
            else if (types.TrueForAll(type => (list ? Dates() : Date()).IsMatch(type)))
                parameters.Values[i] = Number().Replace(value, number => Day(number.Groups[1].Value) is { } day ? list ? $"'{day}'" : day : number.Value);
        }
    }

    static string? Day(string seconds)
        => long.Parse(seconds, CultureInfo.InvariantCulture) is var since and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(since).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    // The types of all {name:Type}.
    static List<string> TypesOf(string name, ReadOnlySpan<byte> sql)
    {
        var types = new List<string>();
        var lexer = new SqlLexer(sql);
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            if (!lexer.IsSymbol(token, '{'))
                continue;
            var ahead = lexer;
            var word = ahead.Next();
            if (word.Kind != SqlTokenKind.Word || !ahead.IsSymbol(ahead.Next(), ':') || Encoding.UTF8.GetString(sql[word.Start..word.End]) != name)
                continue;
            var first = ahead.Next();
            var last = first;
            for (var next = first; next.Kind != SqlTokenKind.End && !(ahead.IsSymbol(next, '}') && next.Depth == token.Depth); next = ahead.Next())
                last = next;
            types.Add(Encoding.UTF8.GetString(sql[first.Start..last.End]));
        }

        return types;
    }

    // The client pads to ten digits.
    [GeneratedRegex(@"^[0-9]{10,12}(\.[0-9]{1,9})?\z")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"^\[([0-9]{10,12}(\.[0-9]{1,9})?|NULL)(,([0-9]{10,12}(\.[0-9]{1,9})?|NULL))*\]\z")]
    private static partial Regex List();

    [GeneratedRegex(@"([0-9]{10,12})(\.[0-9]{1,9})?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^((Nullable|LowCardinality)\s*\(\s*)*(DateTime|DateTime32)\s*(\(|\)|\z)")]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^Array\s*\(\s*((Nullable|LowCardinality)\s*\(\s*)*(DateTime|DateTime32)\s*(\(|\))")]
    private static partial Regex DateTimes();

    [GeneratedRegex(@"^Array\s*\(\s*((Nullable|LowCardinality)\s*\(\s*)*DateTime64\s*\(")]
    private static partial Regex PreciseTimes();

    [GeneratedRegex(@"^((Nullable|LowCardinality)\s*\(\s*)*(Date|Date32)\s*(\)|\z)")]
    private static partial Regex Date();

    [GeneratedRegex(@"^Array\s*\(\s*((Nullable|LowCardinality)\s*\(\s*)*(Date|Date32)\s*\)")]
    private static partial Regex Dates();
}
