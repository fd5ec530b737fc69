namespace Tidemark.Local.Import.Rows;

/// <summary>
/// Where the fields of an event come from: the pairs of <c>--map FIELD=COLUMN,…</c>. A field is one of the event's names, or <c>properties.NAME</c>; a column
/// is a name of the CSV header, or a path into the objects of NDJSON.
/// </summary>
internal sealed class FieldMap
{
    /// <summary>Field names with the place that the collector reads them from.</summary>
    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal)
    {
        ["type"] = "type",
        ["event"] = "event",
        ["name"] = "name",
        ["anonymousId"] = "anonymousId",
        ["userId"] = "userId",
        ["timestamp"] = "timestamp",
        ["messageId"] = "messageId",
        ["page"] = "context.page.path",
        ["path"] = "context.page.path",
        ["url"] = "context.page.url",
        ["referrer"] = "context.page.referrer",
        ["title"] = "context.page.title",
        ["search"] = "context.page.search",
        ["utm_source"] = "context.campaign.source",
        ["utm_medium"] = "context.campaign.medium",
        ["utm_campaign"] = "context.campaign.name",
        ["utm_term"] = "context.campaign.term",
        ["utm_content"] = "context.campaign.content",
        ["userAgent"] = "context.userAgent",
        ["locale"] = "context.locale",
        ["appVersion"] = "context.app.version",
        // Told apart from a typing mistake, but of no effect on history.
        ["sentAt"] = "",
        ["receivedAt"] = "",
        ["originalTimestamp"] = "",
    };

    private static readonly string[] Needed = ["timestamp", "anonymousId", "userId", "event", "type"];

    private readonly List<(string Field, string Column)> _pairs = [];

    public static FieldMap Empty { get; } = new();

    public bool IsEmpty => _pairs.Count == 0;

    /// <summary>Fields with their columns, in the order given.</summary>
    public IReadOnlyList<(string Field, string Column)> Pairs => _pairs;

    public string? ColumnOf(string field) => _pairs.Find(p => p.Field == field).Column;

    /// <summary>Every event field by its own name: what a CSV file without --map is read with, as far as it has the columns.</summary>
    public static FieldMap OwnNames(IReadOnlyCollection<string> columns)
    {
        var map = new FieldMap();
        foreach (var field in Places.Keys.Where(columns.Contains))
        {
            // Nobody asked for this column, so one that cannot be told from another does not matter, unless no event can do without it.
            if (map.SamePlace(field) is null && (Needed.Contains(field) || columns.Count(c => c == field) == 1))
                map._pairs.Add((field, field));
        }
        return map;
    }

    /// <summary>Path of a field in the event's JSON; empty for a field that has no effect.</summary>
    public static string PlaceOf(string field) => Places.TryGetValue(field, out var place) ? place : field;

    public static FieldMap Parse(IEnumerable<string> options)
    {
        var map = new FieldMap();
        foreach (var part in options.SelectMany(o => o.Split(',')))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1)
                throw new CommandFailedException($"--map takes FIELD=COLUMN,FIELD=COLUMN,…, for example anonymousId=client_id,timestamp=time; {Quoted.Text(part)} is not that");
            var field = part[..equals].Trim();
            if (!Places.ContainsKey(field) && !IsOpenPlace(field))
                throw new CommandFailedException($"--map: {Quoted.Text(field)} is no field of an event; {Suggestion(field)}");
            if (map.SamePlace(field) is { } other)
                throw new CommandFailedException(other == field ? $"--map: {field} is mapped twice" : $"--map: {other} and {field} are one field; map one of them");
            map._pairs.Add((field, part[(equals + 1)..]));
        }
        return map;
    }

    // Two names of one place (page and path) would write it twice.
    private string? SamePlace(string field) => _pairs.Find(p => p.Field == field || (PlaceOf(field).Length > 0 && PlaceOf(p.Field) == PlaceOf(field))).Field;

    private static bool IsOpenPlace(string field) =>
        field.Length > field.IndexOf('.', StringComparison.Ordinal) + 1
        && (field.StartsWith("properties.", StringComparison.Ordinal) || field.StartsWith("traits.", StringComparison.Ordinal));

    private static string Suggestion(string field) =>
        Places.Keys.FirstOrDefault(k => k.Equals(field, StringComparison.OrdinalIgnoreCase)) is { } name
            ? $"did you mean {name}?"
            : $"fields are {string.Join(", ", Places.Keys.Where(k => Places[k].Length > 0))} and properties.NAME";
}
