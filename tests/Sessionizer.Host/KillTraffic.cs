using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Host;

/// <summary>
/// Events by number: the child that is killed and the test that checks know the same ones. Both lanes; a visitor's events are up to an hour out of order, so that sessions
/// close, re-open and merge all the time.
/// </summary>
public static class KillTraffic
{
    public const string Import = "kill";

    private const long Begin = 1_700_000_000_000;

    public static SessionizerOptions Options { get; } = new()
    {
        Lateness = TimeSpan.FromDays(10),
        MaxDuration = TimeSpan.FromDays(300),
        // Small intervals: many commits, so that a kill hits one.
        CommitInterval = TimeSpan.FromMilliseconds(2),
        CommitRecords = 100,
        LiveInterval = TimeSpan.FromMilliseconds(5),
        HistoryPause = TimeSpan.FromMilliseconds(20),
    };

    public static bool IsHistory(int number) => number % 3 == 0;

    public static string Visitor(int number) => "v" + Mix(number, 1) % 40;

    public static long Time(int number) => Begin + number * 20_000L - Mix(number, 2) % 3_600_000;

    public static long Id(int number) => (long)Mix(number, 3) << 32 | (uint)number;

    public static EventKind Kind(int number) => (EventKind)(Mix(number, 4) % 4);

    public static string Page(int number) => "/" + Mix(number, 5) % 9;

    /// <summary>Adds the event to the request of its lane, unless it is of the other one.</summary>
    public static void Add(AppendRequest request, int number)
    {
        if (IsHistory(number) != (request.Topic == Topics.History))
            return;
        var e = new EventFields
        {
            Project = "p"u8,
            VisitorId = System.Text.Encoding.UTF8.GetBytes(Visitor(number)),
            EventId = Id(number),
            OccurredAt = Time(number),
            Kind = Kind(number),
            ImportId = IsHistory(number) ? "kill"u8 : default,
            Page = System.Text.Encoding.UTF8.GetBytes(Page(number)),
        };
        var buffer = new byte[e.MaxLength];
        request.Add(e.VisitorId, buffer.AsSpan(0, e.Encode(buffer)), e.OccurredAt);
    }

    private static uint Mix(int number, int what)
    {
        var x = (uint)(number * 8 + what) * 2654435761u;
        x ^= x >> 15;
        x *= 2246822519u;
        x ^= x >> 13;
        return x;
    }
}
