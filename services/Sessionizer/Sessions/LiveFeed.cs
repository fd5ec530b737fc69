using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// What sessions.live says of open sessions. A session is published under its present id (<see cref="SessionFlags.Live"/>); as soon as that id is no longer its own the
/// old one is withdrawn and deleted with the next commit, so a crash can never leave it behind.
/// </summary>
internal sealed class LiveFeed(SessionStore store, RuleSets rules, ChangedSessions changed)
{
    private readonly List<(long Id, int Visitor)> _withdrawn = [];
    private byte[] _buffer = new byte[512];

    /// <summary>Upserts open sessions touched since the last call, looking at no more than <paramref name="limit"/>.</summary>
    public void Harvest(long revision, int limit, ISessionOutput output)
    {
        DeleteWithdrawn(revision, output);
        var touched = changed.Touched;
        var count = Math.Min(limit, touched.Count);
        for (var i = 0; i < count; i++)
        {
            ref var s = ref store[touched.Items[i]];
            s.Flags &= ~SessionFlags.Listed;
            if (!IsOpen(s))
                continue;
            Publish(ref s);
            Upsert(s, revision, output);
        }
        touched.RemoveFirst(count);
    }

    /// <summary>True when <see cref="Harvest"/> would write something; drops from the list what has closed meanwhile.</summary>
    public bool HasNews()
    {
        if (_withdrawn.Count > 0)
            return true;
        for (var touched = changed.Touched; touched.Count > 0; touched.Count--)
        {
            ref var s = ref store[touched.Items[touched.Count - 1]];
            if (IsOpen(s))
                return true;
            s.Flags &= ~SessionFlags.Listed;
        }
        return false;
    }

    /// <summary>After a replay: whatever has not gone out may have been published before. It is published again, and deleted when it closes.</summary>
    public void AssumePublished()
    {
        foreach (var slot in store.Slots)
        {
            ref var s = ref store[slot];
            if (!s.Is(SessionFlags.Changed))
                continue;
            Publish(ref s);
            changed.Touch(slot, ref s);
        }
    }

    /// <summary>The session gets another id, or is no more.</summary>
    public void Withdraw(ref Session s)
    {
        if (!s.Is(SessionFlags.Live))
            return;
        _withdrawn.Add((s.LiveId, s.Visitor));
        s.Flags &= ~SessionFlags.Live;
    }

    /// <summary>What was published of an older session is now of the one that absorbs it, whose id it gets.</summary>
    public void Join(ref Session into, in Session older)
    {
        Withdraw(ref into);
        if (!older.Is(SessionFlags.Live))
            return;
        into.Flags |= SessionFlags.Live;
        into.LiveId = older.LiveId;
    }

    /// <summary>The session goes out: it is no longer open.</summary>
    public void Delete(ref Session s, long revision, ISessionOutput? output)
    {
        if (!s.Is(SessionFlags.Live))
            return;
        Delete(s.LiveId, s.Visitor, revision, output);
        s.Flags &= ~SessionFlags.Live;
    }

    public void DeleteWithdrawn(long revision, ISessionOutput? output)
    {
        foreach (var (id, visitor) in _withdrawn)
            Delete(id, visitor, revision, output);
        _withdrawn.Clear();
    }

    private bool IsOpen(in Session s) => s.Is(SessionFlags.Changed) && !rules.IsClosed(s);

    private void Publish(ref Session s)
    {
        s.LiveId = store.IdOf(s);
        s.Flags |= SessionFlags.Live;
    }

    // Odd for a deletion, even for an upsert: of the two at one offset the deletion wins, and every later event's upsert wins over it.
    private void Delete(long id, int visitor, long revision, ISessionOutput? output)
    {
        if (output is null)
            return;
        var row = new LiveSession
        {
            Project = store.Texts[store.Visitors[visitor].Project],
            SessionId = id,
            Revision = revision * 2 + 1,
            Deleted = true,
            VisitorId = store.Visitors.Id(visitor),
        };
        Write(row, output);
    }

    private void Upsert(in Session s, long revision, ISessionOutput output)
    {
        var campaign = default(SessionFields);
        Campaigns.Fill(store.TextOf(s, FirstText.Campaign), ref campaign);
        var row = new LiveSession
        {
            Project = store.ProjectOf(s),
            SessionId = s.LiveId,
            Revision = revision * 2,
            VisitorId = store.VisitorIdOf(s),
            UserId = store.Texts[s.User.Text],
            StartedAt = s.Start,
            LastEventAt = s.End,
            Events = s.Events,
            Pages = s.Pages,
            Actions = s.Actions,
            Errors = s.Errors,
            EntryPage = store.Texts[s.Entry.Text],
            CurrentPage = store.Texts[s.Exit.Text],
            Referrer = store.TextOf(s, FirstText.Referrer),
            UtmSource = campaign.UtmSource,
            UtmCampaign = campaign.UtmCampaign,
            Device = store.TextOf(s, FirstText.Device),
            Browser = store.TextOf(s, FirstText.Browser),
            Os = store.TextOf(s, FirstText.Os),
            AppVersion = store.TextOf(s, FirstText.AppVersion),
        };
        Write(row, output);
    }

    private void Write(in LiveSession row, ISessionOutput output)
    {
        if (row.MaxLength > _buffer.Length)
            _buffer = new byte[row.MaxLength];
        output.Live(row.SessionId, _buffer.AsSpan(0, row.Encode(_buffer)));
    }
}
