using System.Runtime.InteropServices;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// A text together with the event that said it, so that "the first" and "the last" are by <see cref="EventOrder"/> whatever the order of arrival, and two sessions' marks merge.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Mark
{
    public long Time;
    public long Id;
    public int Seq;
    public int Text;

    public static Mark NoneYetFirst => new() { Time = long.MaxValue };

    public static Mark NoneYetLast => new() { Time = long.MinValue };

    public readonly bool IsAfter(in EventFields e) => EventOrder.IsBefore(e.OccurredAt, e.Seq, e.EventId, Time, Seq, Id);

    public readonly bool IsBefore(in EventFields e) => EventOrder.IsBefore(Time, Seq, Id, e.OccurredAt, e.Seq, e.EventId);

    public void TakeEarlier(in Mark other)
    {
        if (EventOrder.IsBefore(other.Time, other.Seq, other.Id, Time, Seq, Id))
            this = other;
    }

    public void TakeLater(in Mark other)
    {
        if (EventOrder.IsBefore(Time, Seq, Id, other.Time, other.Seq, other.Id))
            this = other;
    }
}
