using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Commit points: what has closed goes out, corrections retract what they replace, what no event can touch any more is forgotten.</summary>
internal sealed class Emission(
    SessionStore store, RuleSets rules, Deadlines deadlines, SessionRows rows, SentRows sent, PendingSessions pending, ChangedSessions changed, LiveFeed live)
{
    /// <summary>True when sessions that have closed still wait for a commit point.</summary>
    public bool HasClosed => pending.Count > 0 || Array.Exists(rules.All, set => deadlines.AnyCloses(set, rules.HorizonOf(set)));

    /// <summary>
    /// Emits, in the order (end, visitor, start), closed sessions that differ from what went out; with <paramref name="all"/> open ones too, for that reason.
    /// Stops when <paramref name="limit"/> is used up and returns false: the next commit point goes on. The division depends on the state alone, so a replay repeats it.
    /// </summary>
    /// <param name="all">Why open sessions go out as well; null when they do not.</param>
    /// <param name="limit">Rows that may still be emitted; counted down.</param>
    /// <param name="revision">Input offset of the commit point, for sessions.live.</param>
    /// <param name="output">Null in a replay: everything is done but the output.</param>
    /// <param name="version">Version of the rules whose rows go out: in a replay that on record, so that a row is taken back as it went out.</param>
    public bool CommitPoint(CloseReason? all, ref int limit, long revision, ISessionOutput? output, int version)
    {
        live.DeleteWithdrawn(revision, output);
        CollectClosed();
        if (all is not null)
            CollectTouched();
        pending.Settle(openToo: all is not null);
        var emitted = 0;
        for (; emitted < pending.Count && limit > 0; emitted++)
            limit -= Emit(pending[emitted], all ?? CloseReason.Gap, revision, output, version);
        pending.RemoveFirst(emitted);
        if (pending.Count > 0)
            return false;
        ForgetExpired();
        store.CompactTexts();
        return true;
    }

    private void CollectClosed()
    {
        foreach (var set in rules.All)
        {
            while (deadlines.TryTakeClosed(set, rules.HorizonOf(set), out var slot))
                pending.Add(slot, ref store[slot]);
        }
    }

    private void CollectTouched()
    {
        var touched = changed.Touched;
        for (var i = 0; i < touched.Count; i++)
        {
            var slot = touched.Items[i];
            ref var s = ref store[slot];
            s.Flags &= ~SessionFlags.Listed;
            if (s.Is(SessionFlags.Changed))
                pending.Add(slot, ref s);
        }
        touched.Count = 0;
    }

    /// <summary>Retracts what the session replaces and writes its row; returns the number of rows.</summary>
    private int Emit(int slot, CloseReason openReason, long revision, ISessionOutput? output, int version)
    {
        ref var s = ref store[slot];
        var kind = s.Version > 0 ? SessionRowKind.Correction : SessionRowKind.First;
        s.Version++;
        s.Reason = ReasonOf(s, openReason);
        s.Flags = version < PartitionRules.AgentVersion ? s.Flags | SessionFlags.WithoutAgent : s.Flags & ~SessionFlags.WithoutAgent;
        var absorbed = sent.Retract(ref s, output, out var retracted);
        if (output is not null || absorbed.Length > 0)
        {
            var row = rows.Encode(s, absorbed);
            output?.Row(store.VisitorIdOf(s), row, kind);
            if (absorbed.Length > 0)
                sent.Keep(ref s, row);
        }
        live.Delete(ref s, revision, output);
        changed.Settle(ref s);
        deadlines.ScheduleExpiry(slot, ref s);
        return retracted + 1;
    }

    private CloseReason ReasonOf(in Session s, CloseReason open)
    {
        if (s.Is(SessionFlags.CapDuration))
            return CloseReason.MaxDuration;
        if (s.Is(SessionFlags.CapEvents))
            return CloseReason.MaxEvents;
        if (rules.IsClosedByEvents(s))
            return CloseReason.Gap;
        return rules.IsClosed(s) ? CloseReason.Idle : open;
    }

    private void ForgetExpired()
    {
        foreach (var set in rules.All)
        {
            while (deadlines.TryTakeExpired(set, rules.HorizonOf(set), out var slot))
            {
                sent.Forget(ref store[slot]);
                store.Remove(slot);
            }
        }
    }
}
