using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tidemark.Contracts.Sessions;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>
/// The session rows of a log netted as they come. At every row: a session and version is there once or not at all and comes once only, only what is there is retracted and exactly as it went out,
/// and no two sessions of a visitor are so near each other that they had to be one.
/// </summary>
internal sealed class NettedSessions(TimeSpan gap)
{
    private readonly Dictionary<(long Id, int Version), (string Visitor, byte[] Row)> _now = [];
    private readonly HashSet<(long Id, int Version)> _ever = [];
    private readonly Dictionary<string, List<Span>> _visitors = [];
    private readonly long _gap = (long)gap.TotalMilliseconds;
    private long[] _absorbed = [];
    private byte[] _buffer = new byte[1024];

    /// <summary>Sessions that went out and were not taken back.</summary>
    internal int Count => _now.Count;

    internal long Retractions { get; private set; }

    /// <summary>Takes a record of the topic <c>sessions</c>; those that are no rows change nothing.</summary>
    /// <returns>What is wrong about it; null when nothing is.</returns>
    internal string? Take(ReadOnlySpan<byte> message)
    {
        if (!SessionFields.Is(message))
            return null;
        SessionFields.Decode(message, ref _absorbed, out var row);
        var key = (row.SessionId, row.Version);
        return row.Sign switch
        {
            1 => Add(key, row, message),
            -1 => Retract(key, row),
            _ => $"{Name(key)} has sign {row.Sign}",
        };
    }

    /// <summary>A line for each session, sorted, comparable with the answer to <see cref="Query"/>.</summary>
    internal IReadOnlyList<string> Lines()
    {
        var lines = new List<string>(_now.Count);
        foreach (var (key, (visitor, message)) in _now)
        {
            SessionFields.Decode(message, ref _absorbed, out var row);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(ulong)key.Id}|{key.Version}|{visitor}|{row.StartedAt}|{row.EndedAt}|{row.Events}|{row.Pages}"));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    internal const string Query =
        "SELECT concat(toString(session_id), '|', toString(version), '|', visitor_id, '|', toString(toUnixTimestamp64Milli(started_at)), '|', toString(toUnixTimestamp64Milli(ended_at)), '|', toString(events), '|', toString(pages)) FROM sessions";

    private string? Add((long Id, int Version) key, in SessionFields row, ReadOnlySpan<byte> message)
    {
        if (!_ever.Add(key))
            return $"{Name(key)} went out a second time";
        var visitor = Encoding.UTF8.GetString(row.VisitorId);
        var added = new Span(row.StartedAt, row.EndedAt, key.Id);
        ref var others = ref CollectionsMarshal.GetValueRefOrAddDefault(_visitors, visitor, out _);
        others ??= [];
        foreach (var other in others)
        {
            if (added.Start <= other.End + _gap && other.Start <= added.End + _gap)
                return $"{Name(key)} of {visitor} at {added.Start} to {added.End} had to be one with {Name((other.Id, 0))} at {other.Start} to {other.End}, which is still there";
        }
        others.Add(added);
        _now.Add(key, (visitor, message.ToArray()));
        return null;
    }

    private string? Retract((long Id, int Version) key, SessionFields row)
    {
        if (!_now.Remove(key, out var was))
            return $"{Name(key)} is taken back and was not there";
        Retractions++;
        row.Sign = 1;
        if (row.MaxLength > _buffer.Length)
            _buffer = new byte[row.MaxLength];
        if (!was.Row.AsSpan().SequenceEqual(_buffer.AsSpan(0, row.Encode(_buffer))))
            return $"{Name(key)} is taken back otherwise than it went out";
        _visitors[was.Visitor].Remove(new Span(row.StartedAt, row.EndedAt, key.Id));
        return null;
    }

    private static string Name((long Id, int Version) key) =>
        string.Create(CultureInfo.InvariantCulture, $"session {(ulong)key.Id}{(key.Version == 0 ? "" : $" version {key.Version}")}");

    private readonly record struct Span(long Start, long End, long Id);
}
