using System.Collections.Concurrent;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>What was found of statements that come again and again (dashboards, clients' probes): parsing them costs about a millisecond.</summary>
internal sealed class StatementCache
{
    // Longer texts seldom come twice; 2,000 of 8 KiB are 16 MiB at the very most.
    const int MaxTextBytes = 8 << 10;
    const int MaxEntries = 2_000;

    readonly ConcurrentDictionary<string, StatementAnalysis> _entries = new();

    public StatementAnalysis? Find(ReadOnlySpan<byte> text)
        => text.Length <= MaxTextBytes && _entries.TryGetValue(Encoding.Latin1.GetString(text), out var analysis) ? analysis : null;

    public void Add(ReadOnlyMemory<byte> text, StatementAnalysis analysis)
    {
        if (text.Length > MaxTextBytes)
            return;
        if (_entries.Count >= MaxEntries)
            _entries.Clear();
        _entries[Encoding.Latin1.GetString(text.Span)] = analysis;
    }
}
