using System.IO.Hashing;

namespace Tidemark.Collector.Intake;

/// <summary>Remembers the families of user agents by a 64-bit hash with a seed of the process; one slot per hash, the newest wins. Not thread safe.</summary>
internal sealed class UserAgentCache
{
    private const int Slots = 1024;

    private static readonly long _seed = Random.Shared.NextInt64();

    private readonly ulong[] _hashes = new ulong[Slots];
    private readonly AgentFamilies[] _families = new AgentFamilies[Slots];

    internal AgentFamilies Of(ReadOnlySpan<byte> agent)
    {
        if (agent.IsEmpty)
            return AgentFamilies.Unknown;
        var hash = XxHash3.HashToUInt64(agent, _seed);
        var slot = (int)hash & (Slots - 1);
        if (_hashes[slot] != hash || _families[slot].Device is null)
        {
            _hashes[slot] = hash;
            _families[slot] = UserAgent.Reduce(agent);
        }
        return _families[slot];
    }
}
