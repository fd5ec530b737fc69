using System.IO.Hashing;
using System.Security.Cryptography;
using Tidemark.Collector.Keys;

namespace Tidemark.Collector.Agents;

/// <summary>
/// Remembers what user agents were reduced to, by a 64-bit hash with a seed of the process; one place per hash, the newest wins. Thread safe without a lock: an entry never changes.
/// A known agent costs its hash and no allocation. A new one costs some 30 µs, one made to be slow some milliseconds: so that a flood of ever-new ones cannot stop the doors, new ones are
/// looked at for <see cref="MicrosecondsPerSecond"/> in the long run; beyond that nothing is said of them, and they are counted.
/// </summary>
internal sealed class UserAgentCache(TimeProvider time, UserAgentCache.Reduction reduce)
{
    /// <summary>A quarter of a core: some 8,000 new agents a second, for ever.</summary>
    internal const int MicrosecondsPerSecond = 250_000;

    /// <summary>What may be spent at once, as after a start or by an import: five seconds.</summary>
    internal const int MicrosecondsAtOnce = 5_000_000;

    /// <summary>A site with many visitors sees some thousand user agents a day. Full, it holds about 3 MB.</summary>
    internal const int Entries = 1 << 14;

    private static readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly Entry?[] _entries = new Entry?[Entries];
    private readonly TokenBucket _microseconds = new(MicrosecondsPerSecond, MicrosecondsAtOnce, time);
    private long _unread;

    internal delegate AgentFamilies Reduction(ReadOnlySpan<byte> agent);

    /// <summary>The process's own: what one reader has reduced, the others need not.</summary>
    internal static UserAgentCache Shared { get; } = new(TimeProvider.System, agent => AgentCatalog.Shared.Reduce(agent));

    /// <summary>How many user agents are remembered.</summary>
    internal int Count => _entries.Count(entry => entry is not null);

    /// <summary>How often nothing was said of an agent because new ones had taken too much time.</summary>
    internal long Unread => Interlocked.Read(ref _unread);

    internal AgentFamilies Of(ReadOnlySpan<byte> agent)
    {
        if (agent.IsEmpty)
            return AgentFamilies.Unknown;
        // What nobody looks at makes no other agent.
        if (agent.Length > AgentText.MaxBytes)
            agent = agent[..AgentText.MaxBytes];
        var hash = XxHash3.HashToUInt64(agent, _seed);
        ref var place = ref _entries[(int)hash & (Entries - 1)];
        var entry = Volatile.Read(ref place);
        if (entry is not null && entry.Hash == hash)
            return entry.Families;
        if (!_microseconds.TryTake(0))
        {
            Interlocked.Increment(ref _unread);
            return AgentFamilies.Unknown;
        }
        var start = time.GetTimestamp();
        var families = reduce(agent);
        _microseconds.TryTake((int)Math.Min(time.GetElapsedTime(start).TotalMicroseconds, MicrosecondsAtOnce));
        Volatile.Write(ref place, new Entry(hash, families));
        return families;
    }

    private sealed record Entry(ulong Hash, AgentFamilies Families);
}
