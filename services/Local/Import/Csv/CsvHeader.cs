using System.Text;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.Csv;

/// <summary>The first line of a CSV file: its delimiter, and which column each field comes from.</summary>
internal sealed record CsvHeader(byte Delimiter, int Columns, IReadOnlyList<(string Field, int Column)> Fields)
{
    private static readonly byte[] Candidates = [(byte)',', (byte)';', (byte)'\t'];

    /// <summary>Null when the file has no line at all.</summary>
    public static CsvHeader? Read(LineReader lines, FieldMap map, byte? delimiter)
    {
        ReadOnlySpan<byte> line;
        do
        {
            if (!lines.Next(out line, out var tooLong))
                return null;
            if (tooLong)
                throw new CommandFailedException("the first line is longer than 1 MiB: that is no CSV header");
            // Excel's way to name the delimiter, in a line of its own in front of the header.
            if (line.Length == 5 && line.StartsWith("sep="u8))
            {
                delimiter ??= line[4];
                line = default;
            }
        }
        while (RowSink.IsBlank(line));
        while (Split(lines.Span, (byte)',', out _) == CsvParse.OpenQuote && lines.LookAhead()) { }
        var text = lines.Span;
        if (text.Contains((byte)0))
            throw new CommandFailedException("the first line holds NUL bytes: that is no CSV header");
        var (chosen, names) = Choose(text, map, delimiter);
        var used = map.IsEmpty ? FieldMap.OwnNames(names) : map;
        return new CsvHeader(chosen, names.Count, Locate(used, names, chosen));
    }

    // The delimiter under which every mapped column is there; else the most frequent one outside of quotes.
    private static (byte Delimiter, List<string> Names) Choose(ReadOnlySpan<byte> text, FieldMap map, byte? delimiter)
    {
        if (delimiter is { } given)
            return (given, SplitOrFail(text, given));
        List<(byte Delimiter, List<string> Names, bool AllMapped)> splits = [];
        foreach (var candidate in Candidates)
        {
            if (Split(text, candidate, out var names) == CsvParse.Complete)
                splits.Add((candidate, names, map.Pairs.All(p => Find(names, p.Column) >= 0)));
        }
        if (splits.Count == 0)
            throw new CommandFailedException("the quotes of the header line do not close: that is no CSV file");
        var best = splits.OrderByDescending(s => s.AllMapped).ThenByDescending(s => s.Names.Count).First();
        return (best.Delimiter, best.Names);
    }

    private static List<string> SplitOrFail(ReadOnlySpan<byte> text, byte delimiter) =>
        Split(text, delimiter, out var names) == CsvParse.Complete
            ? names
            : throw new CommandFailedException("the quotes of the header line do not close: that is no CSV file");

    private static CsvParse Split(ReadOnlySpan<byte> text, byte delimiter, out List<string> names)
    {
        var record = new CsvRecord(delimiter);
        names = [];
        var parsed = record.Parse(text);
        if (parsed == CsvParse.Complete)
        {
            for (var i = 0; i < record.Count; i++)
                names.Add(Encoding.UTF8.GetString(record.Value(text, i)));
        }
        return parsed;
    }

    // The exact name first; then blanks around it do not matter.
    private static int Find(List<string> names, string column)
    {
        var found = names.IndexOf(column);
        return found >= 0 ? found : names.FindIndex(n => n.Trim() == column.Trim());
    }

    private static List<(string Field, int Column)> Locate(FieldMap map, List<string> names, byte delimiter)
    {
        var fields = new List<(string, int)>();
        var missing = new List<string>();
        foreach (var (field, column) in map.Pairs)
        {
            var index = Find(names, column);
            if (index < 0)
                missing.Add(column);
            else if (names.LastIndexOf(names[index]) != index)
                throw new CommandFailedException($"the column {Quoted.Text(column)} appears twice in the header; {field} cannot be read from it (nothing was imported)");
            else
                fields.Add((field, index));
        }
        if (missing.Count > 0)
            throw Lacking($"the file has no column {string.Join(", no column ", missing.Select(m => Quoted.Text(m)))}", names, delimiter);
        if (map.ColumnOf("timestamp") is null)
            throw Lacking("no column for timestamp: say --map timestamp=COLUMN", names, delimiter);
        if (map.ColumnOf("anonymousId") is null && map.ColumnOf("userId") is null)
            throw Lacking("no column for who it was: say --map anonymousId=COLUMN or userId=COLUMN", names, delimiter);
        if (!fields.Exists(f => f.Item1 is "event" or "page" or "path" or "url" or "type"))
            throw Lacking("no column for what happened: say --map event=COLUMN or page=COLUMN", names, delimiter);
        return fields;
    }

    private static CommandFailedException Lacking(string what, List<string> names, byte delimiter)
    {
        var separator = delimiter == '\t' ? "tab" : ((char)delimiter).ToString();
        return new($"{what}; its header has {Quoted.Text(string.Join(", ", names.Select(n => n.Length == 0 ? "(empty)" : n)), 300)} (split at {separator}; nothing was imported)");
    }
}
