using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>What sessions are, in a few lines: each visitor's accepted events in time order, cut wherever two neighbours are more than the project's gap apart.</summary>
internal static class SessionOracle
{
    public static List<TestRow> Cut(IEnumerable<TestEvent> accepted, long gap) => Cut(accepted, _ => gap);

    public static List<TestRow> Cut(IEnumerable<TestEvent> accepted, Func<string, long> gapOf)
    {
        var sessions = new List<TestRow>();
        foreach (var visitor in accepted.GroupBy(e => (e.Project, e.Import, e.Visitor)).OrderBy(g => g.Key.Visitor, StringComparer.Ordinal))
        {
            var current = new List<TestEvent>();
            var gap = gapOf(visitor.Key.Project);
            foreach (var e in visitor.OrderBy(e => e.Time).ThenBy(e => (uint)e.Seq).ThenBy(e => (ulong)e.Id))
            {
                if (current.Count > 0 && e.Time - current[^1].Time > gap)
                {
                    sessions.Add(Describe(current));
                    current = [];
                }
                current.Add(e);
            }
            sessions.Add(Describe(current));
        }
        return sessions;
    }

    /// <summary>The row of a session whose events are given in order.</summary>
    public static TestRow Describe(List<TestEvent> events)
    {
        var pages = events.Where(e => e.Kind == EventKind.Page).ToList();
        var users = events.Where(e => e.User.Length > 0).Select(e => e.User).ToList();
        var first = events[0];
        return new TestRow
        {
            Project = first.Project,
            Visitor = first.Visitor,
            Import = first.Import,
            Start = first.Time,
            End = events[^1].Time,
            Events = events.Count,
            Pages = pages.Count,
            Actions = events.Count(e => e.Kind == EventKind.Action),
            Errors = events.Count(e => e.Kind == EventKind.Error),
            User = users.LastOrDefault() ?? "",
            SeveralUsers = users.Distinct().Count() > 1,
            EntryPage = pages.FirstOrDefault()?.Page ?? "",
            ExitPage = pages.LastOrDefault()?.Page ?? "",
            Referrer = events.FirstOrDefault(e => e.Referrer.Length > 0)?.Referrer ?? "",
            Campaign = events.FirstOrDefault(e => e.Campaign.Length > 0)?.Campaign ?? "",
            Device = events.FirstOrDefault(e => e.Device.Length > 0)?.Device ?? "",
            Browser = events.FirstOrDefault(e => e.Browser.Length > 0)?.Browser ?? "",
            Os = events.FirstOrDefault(e => e.Os.Length > 0)?.Os ?? "",
            AppVersion = events.FirstOrDefault(e => e.AppVersion.Length > 0)?.AppVersion ?? "",
            Bounce = pages.Count <= 1 && !events.Exists(e => e.Kind == EventKind.Action),
            SessionId = Tidemark.Contracts.Events.EventIds.OfMessage(
                Utf8(first.Project), Utf8(first.Visitor), Utf8(((ulong)first.Id).ToString())),
        };
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
