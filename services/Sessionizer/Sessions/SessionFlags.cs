namespace Tidemark.Sessionizer.Sessions;

/// <summary>What is known of a session besides its figures, and which lists its slot is in.</summary>
[Flags]
internal enum SessionFlags : ushort
{
    None = 0,
    Alive = 1,

    /// <summary>Differs from what went out; only a kept session does.</summary>
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

    /// <summary>Published on sessions.live, under <see cref="Session.LiveId"/>.</summary>
    Live = 256,

    /// <summary>The row that is out for it was written by rules before <see cref="PartitionRules.AgentVersion"/>: without browser, os and app_version.</summary>
    WithoutAgent = 512,

    /// <summary>Entries of the slot, whatever session it holds.</summary>
    OfSlot = Listed | Pending,

    /// <summary>Any cap.</summary>
    Capped = CapDuration | CapEvents,
}
