using Tidemark.Contracts;

namespace Tidemark.Aggregator.Undo;

/// <summary>What an undo has to know of a table.</summary>
/// <param name="Name">The table.</param>
/// <param name="Rows">Condition that holds for the rows of the undone import in one partition of the topic.</param>
/// <param name="Removed">How many there were, as people count: of signed rows, the sessions.</param>
/// <param name="Hours">Buckets of its hourly rollups that they are in.</param>
/// <param name="Days">Buckets of its daily rollups that they are in.</param>
/// <param name="Kind">Kind of its rows in <c>import_rows</c>; null where it has none.</param>
internal sealed record UndoneTable(string Name, string Rows, string Removed, string Hours, string Days, string? Kind)
{
    private const string OfImport = "project = {project:String} AND import_id = {import:String} AND log_partition = {partition:UInt16} AND log_offset < {offset:UInt64}";
    private const string NoHours = "emptyArrayDateTime()";
    private const string NoDays = "emptyArrayDate()";

    private static readonly UndoneTable _events = new(
        "events", $"{OfImport} AND lane = 'history'", "count()",
        "groupUniqArray(toStartOfHour(toDateTime(occurred_at, 'UTC')))", "groupUniqArray(toDate(occurred_at))", "events");

    private static readonly UndoneTable _sessions = new(
        "session_rows", $"{OfImport} AND lane = 'history'", "toUInt64(greatest(sum(sign), 0))",
        "groupUniqArray(toStartOfHour(toDateTime(started_at, 'UTC')))", NoDays, "sessions");

    private static readonly UndoneTable _late = new("late_events", OfImport, "count()", NoHours, NoDays, null);

    private static readonly UndoneTable _rejected = new("rejected_events", $"{OfImport} AND import_generation <= {{generation:UInt16}}", "count()", NoHours, NoDays, null);

    /// <summary>Whether rows of the topic may be of an import.</summary>
    public static bool Is(string topic) => topic is Topics.History or Topics.Sessions or Topics.Late or Topics.Rejected;

    public static UndoneTable Of(string topic) => topic switch
    {
        Topics.History => _events,
        Topics.Sessions => _sessions,
        Topics.Late => _late,
        Topics.Rejected => _rejected,
        _ => throw new ArgumentException($"topic {topic} has no imports", nameof(topic)),
    };
}
