using System.Runtime.InteropServices;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>One kept session. Every field is a minimum, a maximum, a sum or a flag, so sessions merge and the order of arrival leaves no trace.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Session
{
    // What nearly every event reads or writes stands in front: one that is later than all others of its session looks at the first 96 bytes of 312 and leaves the others alone.
    public long Start;
    public long End;

    /// <summary>The valid entry in the closing queue, or none; never later than end + gap.</summary>
    public long CloseDue;

    public int Events;
    public int Pages;
    public int Actions;
    public int Errors;
    public SessionFlags Flags;

    /// <summary>The <see cref="RuleSet"/> of its project, by index.</summary>
    public ushort Rules;

    /// <summary>The texts that <see cref="First"/> has.</summary>
    public TextSet Given;

    /// <summary>The last page view.</summary>
    public Mark Exit;

    /// <summary>The last known user.</summary>
    public Mark User;

    /// <summary>The visitor's next older session, or -1.</summary>
    public int Older;

    public int Visitor;

    /// <summary>Version of the row that is out for it; 0 when there is none.</summary>
    public int Version;

    /// <summary>
    /// Head of the rows to retract, or -1. A clean session whose row is what <see cref="SessionRows"/> would write again has none; a changed one has all it replaces.
    /// </summary>
    public int Frozen;

    /// <summary>Seq of the earliest event.</summary>
    public int FirstSeq;

    /// <summary>Of the row that is out for it.</summary>
    public CloseReason Reason;

    /// <summary>Id of the earliest event by <see cref="Contracts.Events.EventOrder"/>: the session's identity.</summary>
    public long FirstId;

    /// <summary>The first page view.</summary>
    public Mark Entry;

    public FirstTexts First;

    /// <summary>The id it is known by on sessions.live; meaningful with <see cref="SessionFlags.Live"/>, and then that of <see cref="FirstId"/>.</summary>
    public long LiveId;

    /// <summary>The valid entry in the expiry queue, or none.</summary>
    public long ExpireDue;

    /// <summary>At most one page, and nothing done there.</summary>
    public readonly bool IsBounce => Pages <= 1 && Actions == 0;

    public readonly bool Is(SessionFlags flag) => (Flags & flag) != 0;

    /// <summary>A session that waits for its first event.</summary>
    /// <param name="visitor">Whose it is.</param>
    /// <param name="older">The visitor's next older session, or -1.</param>
    /// <param name="time">Of that event.</param>
    /// <param name="rules">Of its project.</param>
    /// <param name="left">What the slot's last session left: the lists that the slot is still in.</param>
    public static Session WithoutEvents(int visitor, int older, long time, RuleSet rules, SessionFlags left) => new()
    {
        Flags = (left & SessionFlags.OfSlot) | SessionFlags.Alive,
        Rules = rules.Index,
        Start = time,
        End = time,
        // The largest unsigned place and id: the first event of the session takes theirs.
        FirstSeq = -1,
        FirstId = -1,
        CloseDue = DueQueue.None,
        ExpireDue = DueQueue.None,
        Entry = Mark.NoneYetFirst,
        Exit = Mark.NoneYetLast,
        User = Mark.NoneYetLast,
        First = FirstTexts.NoneYet,
        Visitor = visitor,
        Older = older,
        Frozen = -1,
    };

    /// <summary>The slot is free: its entries in queues are void, those in lists stay.</summary>
    public void Free()
    {
        Flags &= SessionFlags.OfSlot;
        CloseDue = DueQueue.None;
        ExpireDue = DueQueue.None;
        Frozen = -1;
    }

    /// <summary>Marks the texts it uses in a list by their number.</summary>
    public readonly void MarkTexts(int[] used)
    {
        used[Entry.Text] = 1;
        used[Exit.Text] = 1;
        used[User.Text] = 1;
        foreach (ref readonly var first in First)
            used[first.Text] = 1;
    }

    /// <summary>Names its texts by their new numbers.</summary>
    public void RenumberTexts(int[] texts)
    {
        Entry.Text = texts[Entry.Text];
        Exit.Text = texts[Exit.Text];
        User.Text = texts[User.Text];
        foreach (ref var first in First)
            first.Text = texts[first.Text];
    }
}
