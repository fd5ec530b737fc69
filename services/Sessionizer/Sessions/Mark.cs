using System.Runtime.InteropServices;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// A text together with the event that said it, so that "the first" and "the last" are by (event time, event id) whatever the order of arrival, and two sessions' marks merge.
/// Ids compare unsigned, as they do in ClickHouse.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Mark
{
    public long Time;
    public long Id;
    public int Text;

    public static Mark NoneYetFirst => new() { Time = long.MaxValue };

    public static Mark NoneYetLast => new() { Time = long.MinValue };

    public readonly bool IsAfter(long time, long id) => time < Time || (time == Time && (ulong)id < (ulong)Id);

    public readonly bool IsBefore(long time, long id) => time > Time || (time == Time && (ulong)id > (ulong)Id);

    public void TakeEarlier(in Mark other)
    {
        if (IsAfter(other.Time, other.Id))
            this = other;
    }

    public void TakeLater(in Mark other)
    {
        if (IsBefore(other.Time, other.Id))
            this = other;
    }
}
