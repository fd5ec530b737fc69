namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// An event of a random visitor costs four places of memory, one after the other, and waiting for them is most of an event's time. Records that are about to come are
/// looked at early, in three steps a few records apart, so that the places have arrived when they are needed. Reads only: it cannot change what is decided.
/// </summary>
internal sealed class Prefetch(SessionStore store)
{
    /// <summary>Records to look ahead for all three steps to pay.</summary>
    public const int Distance = 12;

    private const int Apart = 4;
    private const int RingMask = 15;

    // What most events look at: what stands in front of a session.
    private const int LinesOfSession = 3;

    private readonly uint[] _hashes = new uint[RingMask + 1];
    private readonly int[] _visitorsAt = new int[RingMask + 1];
    private int _at;

    public void Next(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId)
    {
        var visitors = store.Visitors;
        var hash = store.HashOfUpcoming(project, visitorId);
        visitors.FetchPlace(hash);
        _hashes[_at & RingMask] = hash;

        var second = (_at - Apart) & RingMask;
        var visitor = visitors.Guess(_hashes[second]);
        _visitorsAt[second] = visitor;
        if (visitor >= 0)
            Memory.Fetch(ref visitors[visitor], 2);

        var third = (_at - 2 * Apart) & RingMask;
        visitor = _visitorsAt[third];
        if (visitor >= 0 && visitors.Newest(visitor) is >= 0 and var newest)
            Memory.Fetch(ref store[newest], LinesOfSession);
        _at++;
    }
}
