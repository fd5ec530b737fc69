namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// An event of a random visitor costs four places of memory, one after the other, and waiting for them is most of an event's time. Records that are about to come are
/// looked at early, in three steps a few records apart, so that the places have arrived when they are needed. Reads only: it cannot change what is decided.
/// </summary>
internal sealed partial class SessionSet
{
    /// <summary>Records to look ahead for all three steps to pay.</summary>
    public const int AheadBy = 12;

    private const int Apart = 4;
    private const int RingMask = 15;

    private readonly uint[] _aheadHashes = new uint[RingMask + 1];
    private readonly int[] _aheadVisitors = new int[RingMask + 1];
    private int _ahead;
    private int _aheadProject;

    public void Ahead(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId)
    {
        _aheadProject = _texts.Find(project, _aheadProject);
        var hash = _visitors.HashOf(_aheadProject, visitorId);
        _visitors.FetchPlace(hash);
        _aheadHashes[_ahead & RingMask] = hash;

        var second = (_ahead - Apart) & RingMask;
        var visitor = _visitors.Guess(_aheadHashes[second]);
        _aheadVisitors[second] = visitor;
        if (visitor >= 0)
            Memory.Fetch(ref _visitors[visitor], 2);

        var third = (_ahead - 2 * Apart) & RingMask;
        visitor = _aheadVisitors[third];
        if (visitor >= 0 && _visitors.Newest(visitor) is >= 0 and var newest)
            Memory.Fetch(ref _sessions[newest], 5);
        _ahead++;
    }
}
