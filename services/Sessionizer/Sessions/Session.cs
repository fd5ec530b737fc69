using System.Runtime.InteropServices;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>One kept session. Every field is a minimum, a maximum, a sum or a flag, so sessions merge and the order of arrival leaves no trace.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Session
{
    public long Start;
    public long End;

    /// <summary>Id of the earliest event by <see cref="Contracts.Events.EventOrder"/>: the session's identity.</summary>
    public long FirstId;

    /// <summary>The valid entry in the closing queue, or none; never later than end + gap.</summary>
    public long CloseDue;

    /// <summary>Seq of the earliest event.</summary>
    public int FirstSeq;

    public int Visitor;

    /// <summary>The visitor's next older session, or -1.</summary>
    public int Older;

    public int Events;
    public int Pages;
    public int Actions;
    public int Errors;

    /// <summary>Version of the row that is out for it; 0 when there is none.</summary>
    public int Version;

    /// <summary>
    /// Head of the rows to retract, or -1. A clean session whose row is what <see cref="SessionSet"/> would write again has none; a changed one has all it replaces.
    /// </summary>
    public int Frozen;

    public SessionFlags Flags;

    /// <summary>The <see cref="RuleSet"/> of its project, by index.</summary>
    public ushort Rules;

    // What every event looks at stands before, what only some look at behind: a session is five cache lines.
    public Mark Exit;
    public Mark Entry;
    public Mark User;
    public FirstTexts First;
    public CloseReason Reason;

    /// <summary>The id it is known by on sessions.live; meaningful with <see cref="SessionFlags.Live"/>, and then that of <see cref="FirstId"/>.</summary>
    public long LiveId;

    /// <summary>The valid entry in the expiry queue, or none.</summary>
    public long ExpireDue;

    public readonly bool Is(SessionFlags flag) => (Flags & flag) != 0;
}

[Flags]
internal enum SessionFlags : ushort
{
    None = 0,
    Alive = 1,

    /// <summary>Differs from what went out.</summary>
    Changed = 2,

    /// <summary>In the list of sessions touched since it was last harvested. Survives the slot's reuse, like <see cref="Pending"/>: one entry a slot.</summary>
    Listed = 4,

    /// <summary>In the list of sessions to emit.</summary>
    Pending = 8,

    SeveralUsers = 16,

    /// <summary>Begins within the gap after another that reached a cap.</summary>
    Continued = 32,

    /// <summary>An event within the gap after it did not fit: too long.</summary>
    CapDuration = 64,

    /// <summary>An event within the gap after it did not fit: too many.</summary>
    CapEvents = 128,

    /// <summary>Told of on sessions.live.</summary>
    Live = 256,

    /// <summary>The row that is out for it was written by rules before <see cref="PartitionRules.AgentVersion"/>: without browser, os and app_version.</summary>
    WithoutAgent = 512,
}
