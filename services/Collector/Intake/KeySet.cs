using System.IO.Hashing;
using System.Security.Cryptography;

namespace Tidemark.Collector.Intake;

/// <summary>
/// The member names seen in one event, by object, as 64-bit hashes with a seed of the process (nobody outside can make them collide).
/// An entry counts only with the current epoch, so a new event costs nothing to clear.
/// </summary>
internal sealed class KeySet
{
    /// <summary>Slots; at most half are used, see <see cref="Full"/>.</summary>
    internal const int Capacity = 1024;

    private static readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly ulong[] _hashes = new ulong[Capacity];
    private readonly uint[] _epochs = new uint[Capacity];
    private uint _epoch;
    private int _count;

    internal bool Full => _count >= Capacity / 2;

    internal void Clear()
    {
        _count = 0;
        if (++_epoch != 0)
            return;
        Array.Clear(_epochs);
        _epoch = 1;
    }

    /// <summary>False when the object has a member of this name already.</summary>
    internal bool Add(int objectNumber, ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key, _seed + objectNumber);
        var slot = (int)hash & (Capacity - 1);
        while (_epochs[slot] == _epoch)
        {
            if (_hashes[slot] == hash)
                return false;
            slot = (slot + 1) & (Capacity - 1);
        }
        _epochs[slot] = _epoch;
        _hashes[slot] = hash;
        _count++;
        return true;
    }
}
