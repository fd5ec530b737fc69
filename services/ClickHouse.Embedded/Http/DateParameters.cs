using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Parameters that are a client's dates: @clickhouse/client sends a JavaScript Date as seconds since 1970, with milliseconds if it has
/// some, whatever the type. DateTime64 takes that; DateTime refuses the fraction and Date the number, so they get what they can hold.
/// </summary>
internal static partial class DateParameters
{
    /// <summary>Fits the values to the types that the statement gives them; a parameter of several types stays as it is.</summary>
    public static void Fit(QueryParameters parameters, ReadOnlySpan<byte> sql)
    {
        for (var i = 0; i < parameters.Names.Count; i++)
        {
            var value = parameters.Values[i];
            if (!Seconds().IsMatch(value))
                continue;
            var types = TypesOf(parameters.Names[i], sql);
            if (types.Count == 0)
                continue;
            if (types.TrueForAll(type => DateTime().IsMatch(type)))
                parameters.Values[i] = value.Split('.', 2)[0];
            else if (types.TrueForAll(type => Date().IsMatch(type)) && long.TryParse(value.Split('.', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= 253_402_300_799) // the end of the year 9999
                parameters.Values[i] = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
    }

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

    [GeneratedRegex(@"^((Nullable|LowCardinality)\s*\(\s*)*(DateTime|DateTime32)\s*(\(|\)|\z)")]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^((Nullable|LowCardinality)\s*\(\s*)*(Date|Date32)\s*(\)|\z)")]
    private static partial Regex Date();
}
