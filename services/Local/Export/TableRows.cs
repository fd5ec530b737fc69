using System.Globalization;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Tables;

namespace Tidemark.Local.Export;

/// <summary>Whole days of a project, together so many rows that one statement is worth its while.</summary>
/// <param name="Project">The project.</param>
/// <param name="First">First day, as SQL has it.</param>
/// <param name="Last">Last day.</param>
/// <param name="Rows">Events of these days that are wanted.</param>
internal sealed record TableSlice(string Project, string First, string Last, long Rows);

/// <summary>The rows of the table <c>events</c> that an export is of: those that were loaded when it began, by project and day.</summary>
internal sealed class TableRows
{
    /// <summary>Rows after which a statement ends: fewer cost more statements than they save memory in merging the parts of several months.</summary>
    private const long SliceRows = 200_000;

    private readonly string _wanted;

    private TableRows(string wanted) => _wanted = wanted;

    public IReadOnlyList<TableSlice> Slices { get; private init; } = [];

    /// <summary>Rows of other times.</summary>
    public long Outside { get; private init; }

    /// <summary>Late events of the times asked for.</summary>
    public long Late { get; private init; }

    /// <summary>The rows of a slice: parameters project, first and last. The order is that of the table's key, made one by what tells any two rows apart.</summary>
    public string Select =>
        $$"""
        SELECT {{EventRow.Columns}}, import_id, lane FROM events
        WHERE project = {project:String} AND toDate(occurred_at) BETWEEN {first:Date} AND {last:Date} AND {{_wanted}}
        ORDER BY project, toDate(occurred_at), visitor_id, occurred_at, seq, event_id, lane, log_partition, log_offset
        FORMAT RowBinary
        """;

    public static async Task<TableRows> CountAsync(ClickHouseClient clickHouse, ExportSettings settings, CancellationToken cancellation)
    {
        var loaded = Loaded(await clickHouse.RowsAsync("SELECT lane, log_partition, max(log_offset) + 1 FROM events GROUP BY lane, log_partition", cancellation));
        var inTime = InTime(settings);
        var ofProject = settings.Project is null ? "1" : "project = {project:String}";
        var project = ("param_project", (object)(settings.Project ?? ""));
        var days = await clickHouse.RowsAsync(
            $"SELECT project, toDate(occurred_at) AS day, countIf({inTime}), count() FROM events WHERE {ofProject} AND {loaded} GROUP BY project, day ORDER BY project, day", cancellation, project);
        if (days.Length == 0 && settings.Project is not null)
            await RefuseUnknownAsync(clickHouse, settings.Project, cancellation);
        var late = await clickHouse.RowsAsync($"SELECT count() FROM late_events WHERE {ofProject} AND {inTime}", cancellation, project);
        return new TableRows($"{loaded} AND {inTime}")
        {
            Slices = Cut(days.Select(day => new TableSlice(day[0], day[1], day[1], Number(day[2])))),
            Outside = days.Sum(day => Number(day[3]) - Number(day[2])),
            Late = Number(late[0][0]),
        };
    }

    /// <summary>Days of one project together up to the size of a slice. A day is never cut: to read a part of it costs as much as to read it all.</summary>
    internal static IReadOnlyList<TableSlice> Cut(IEnumerable<TableSlice> days)
    {
        var slices = new List<TableSlice>();
        foreach (var day in days.Where(day => day.Rows > 0))
        {
            if (slices is [.., var last] && last.Project == day.Project && last.Rows + day.Rows <= SliceRows)
                slices[^1] = last with { Last = day.Last, Rows = last.Rows + day.Rows };
            else
                slices.Add(day);
        }
        return slices;
    }

    /// <summary>A condition that holds for the rows that are there now: each partition of each lane is loaded in the order of its offsets.</summary>
    private static string Loaded(string[][] ends)
    {
        string Of(string lane)
        {
            var partitions = ends.Where(end => end[0] == lane).ToDictionary(end => int.Parse(end[1], CultureInfo.InvariantCulture), end => end[2]);
            return $"[{string.Join(", ", Enumerable.Range(0, partitions.Keys.DefaultIfEmpty(0).Max() + 1).Select(i => $"toUInt64({partitions.GetValueOrDefault(i, "0")})"))}]";
        }
        return $"log_offset < arrayElement(if(lane = 'live', {Of("live")}, {Of("history")}), log_partition + 1)";
    }

    private static string InTime(ExportSettings settings)
    {
        var conditions = new List<string>();
        if (settings.From > long.MinValue)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"toUnixTimestamp64Milli(occurred_at) >= {settings.From}"));
        if (settings.To < long.MaxValue)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"toUnixTimestamp64Milli(occurred_at) < {settings.To}"));
        return conditions.Count == 0 ? "1" : string.Join(" AND ", conditions);
    }

    private static async Task RefuseUnknownAsync(ClickHouseClient clickHouse, string project, CancellationToken cancellation)
    {
        var known = await clickHouse.RowsAsync("SELECT DISTINCT project FROM events ORDER BY project LIMIT 20", cancellation);
        throw new CommandFailedException(
            $"there are no events of project {Quoted.Text(project)}: {(known.Length == 0 ? "the table events is empty" : $"the table has those of {string.Join(", ", known.Select(row => row[0]))}")}");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
