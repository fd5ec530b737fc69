using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The rules of one input partition as a pure state machine: records, idle steps and commit points in, verdicts and outputs out. In a replay the recorded verdicts
/// are given in, so a restart repeats what was decided, whatever the settings say by then.
/// </summary>
internal abstract class PartitionRules(int duplicateWindow)
{
    /// <summary>
    /// Version of this code's decisions; a commit record names it. A change that would decide or divide otherwise raises it.
    /// 3: rows have browser, os and app_version; 2: events are ordered by (time, seq, id); 1: by (time, id).
    /// </summary>
    public const int Version = 3;

    /// <summary>The first version whose rows have browser, os and app_version.</summary>
    public const int AgentVersion = 3;

    /// <summary>
    /// The oldest version whose decisions this code repeats: version 1 saw only events without seq, which read as 0 and so keep their order. Versions 1 and 2 cut the same
    /// sessions; what they sent out is taken back as they wrote it.
    /// </summary>
    public const int OldestVersion = 1;

    /// <summary>Form of a saved state; a change of what <see cref="Save"/> writes raises it.</summary>
    private const int SavedVersion = 1;

    /// <summary>The first version whose states were saved.</summary>
    private const int FirstSavedVersion = 3;

    /// <summary>Rows of one commit point: with rows of about 250 bytes a transaction stays near 12 MB.</summary>
    public const int MaxRows = 50_000;

    // Year 1 to year 9999: outside no calendar and no column of ClickHouse has a place for it, and sums with the gap could overflow.
    private const long FirstTime = -62_135_596_800_000;
    private const long LastTime = 253_402_300_799_999;

    private DuplicateFilter _seen = new(duplicateWindow);

    /// <summary>Rows a commit point may emit; smaller in tests only.</summary>
    public int RowsPerCommit { get; init; } = MaxRows;

    /// <summary>Horizon that the last record was judged by.</summary>
    public abstract long Horizon { get; }

    public abstract int Kept { get; }

    public abstract int Open { get; }

    /// <summary>True when a commit point would emit something, without any further input.</summary>
    public abstract bool HasClosed { get; }

    /// <summary>The settings that it goes by.</summary>
    public abstract SettingsByProject Settings { get; }

    /// <summary>Other settings from now on.</summary>
    public abstract void Use(SettingsByProject settings);

    /// <summary>Judges and applies one record.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="message">Its value.</param>
    /// <param name="recorded">The verdict of an earlier run, when there was one.</param>
    /// <param name="latest">
    /// Live lane: no collector could have accepted a later time. Whoever writes to the topic past the collectors must not be able to make late what comes after it.
    /// </param>
    public Verdict Take(long offset, ReadOnlySpan<byte> message, Verdict? recorded = null, long latest = LastTime)
    {
        if (recorded == Verdict.Unreadable)
            return Verdict.Unreadable;
        try
        {
            if (!EventFields.Is(message))
                return TakeMarker(message);
            var rest = EventFields.DecodePrefix(message, out var e);
            if (e.OccurredAt is < FirstTime or > LastTime || e.Kind is < EventKind.Other or > EventKind.Error || e.VisitorId.IsEmpty)
                return Verdict.Unreadable;
            if (recorded is null)
            {
                // What the loader could not read must not be counted here either.
                EventFields.DecodeRest(message, rest, ref e);
                AvroMapEnumerator.Check(e.Properties);
                if (e.OccurredAt > latest)
                    return Verdict.Unreadable;
            }
            else if (recorded == Verdict.Counted)
            {
                RepeatRest(message, rest, ref e);
            }
            var stream = StreamOf(e);
            return stream < 0 ? Verdict.LateImportEnded : Judge(e, _seen.Seen(offset, e.EventId, stream), recorded);
        }
        catch (Exception broken) when (broken is InvalidDataException or OverflowException)
        {
            return Verdict.Unreadable;
        }
    }

    /// <summary>What an earlier version counted stays counted, also where its end is broken: that version did not look there, and neither does its replay.</summary>
    private static void RepeatRest(ReadOnlySpan<byte> message, int rest, ref EventFields e)
    {
        var prefix = e;
        try
        {
            EventFields.DecodeRest(message, rest, ref e);
        }
        catch (InvalidDataException)
        {
            e = prefix;
        }
    }

    private Verdict TakeMarker(ReadOnlySpan<byte> message)
    {
        if (ImportEnd.Is(message))
            return End(ImportEnd.Decode(message));
        return ImportUndo.Is(message) ? Undo(ImportUndo.Decode(message)) : Verdict.Unreadable;
    }

    /// <summary>
    /// Says that a record comes soon (best <see cref="Prefetch.Distance"/> records later), so that its memory is there in time. Nothing is decided and nothing depends on it.
    /// </summary>
    public void Ahead(long offset, ReadOnlySpan<byte> message)
    {
        if (!EventFields.Is(message))
            return;
        try
        {
            var reader = new AvroReader(message);
            reader.Skip(AvroWriter.HeaderLength);
            var project = reader.Bytes();
            var visitor = reader.Bytes();
            _seen.Ahead(offset, reader.Long());
            SetAhead?.Prefetch.Next(project, visitor);
        }
        catch (InvalidDataException)
        {
            // It will be counted as unreadable when its turn comes.
        }
    }

    /// <summary>The sessions that the next records most likely belong to.</summary>
    protected abstract SessionSet? SetAhead { get; }

    /// <summary>Emits what has closed. False when there is more than one commit point may emit: another has to follow.</summary>
    /// <param name="flush">History lane: open sessions too.</param>
    /// <param name="revision">Input offset of the commit point.</param>
    /// <param name="output">Null in a replay.</param>
    /// <param name="version">Version of the rules whose rows these are: in a replay that on record.</param>
    public abstract bool CommitPoint(bool flush, long revision, ISessionOutput? output, int version = Version);

    protected abstract Verdict Judge(in EventFields e, bool duplicate, Verdict? recorded);

    /// <summary>Number of the stream whose events <see cref="Forget"/> may be asked to forget; 0 for none, below 0 when the event is of an import that was taken back.</summary>
    protected abstract int StreamOf(in EventFields e);

    protected abstract Verdict End(in ImportEnd marker);

    protected abstract Verdict Undo(in ImportUndo marker);

    /// <summary>The events of a stream were never seen: the same ids count again.</summary>
    protected void Forget(int stream) => _seen.Forget(stream);

    /// <summary>The ids that other rules have seen, which are of no use afterwards, are seen by these.</summary>
    public void TakeIdsOf(PartitionRules others) => _seen = others._seen;

    /// <summary>
    /// Writes the whole state, right after a commit point that left nothing to emit. What is loaded from it goes on as this would: the same verdicts, the same outputs.
    /// </summary>
    public void Save(StateWriter state)
    {
        state.Long(SavedVersion);
        state.Long(Version);
        _seen.Save(state);
        SaveSessions(state);
    }

    /// <summary>
    /// Takes over what <see cref="Save"/> wrote, into rules that are empty. <see cref="InvalidDataException"/> when it is damaged, or of a version that this program does not know; the
    /// rules are of no use then.
    /// </summary>
    public void Load(StateReader state)
    {
        var (saved, version) = (state.Long(), state.Long());
        if (saved != SavedVersion || version is < FirstSavedVersion or > Version)
            throw new InvalidDataException($"its form is {saved} and its rules are version {version}; this program reads form {SavedVersion} and versions {FirstSavedVersion} to {Version}");
        _seen.Load(state);
        LoadSessions(state);
        if (!state.AtEnd)
            throw StateReader.Broken();
    }

    protected abstract void SaveSessions(StateWriter state);

    protected abstract void LoadSessions(StateReader state);
}
