using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// What sessions.live is told. A session that is told of (<see cref="SessionFlags.Live"/>) is told of by its present id; as soon as that id is no longer its own the
/// old one is put aside and deleted with the next commit, so a crash can never leave it behind.
/// </summary>
internal sealed partial class SessionSet
{
    private readonly List<(long Id, int Visitor)> _gone = [];

    /// <summary>Upserts open sessions touched since the last call, looking at no more than <paramref name="limit"/>.</summary>
    public void HarvestLive(long revision, int limit, ISessionOutput output)
    {
        WriteGone(revision, output);
        var count = Math.Min(limit, _touched.Count);
        for (var i = 0; i < count; i++)
        {
            ref var s = ref _sessions[_touched.Items[i]];
            s.Flags &= ~SessionFlags.Listed;
            if (!s.Is(SessionFlags.Alive) || !s.Is(SessionFlags.Changed) || IsClosed(s))
                continue;
            s.LiveId = IdOf(s);
            s.Flags |= SessionFlags.Live;
            WriteUpsert(s, revision, output);
        }
        _touched.RemoveFirst(count);
    }

    /// <summary>True when <see cref="HarvestLive"/> would write something; drops from the list what has closed meanwhile.</summary>
    public bool AnyTouched()
    {
        if (_gone.Count > 0)
            return true;
        for (; _touched.Count > 0; _touched.Count--)
        {
            ref var s = ref _sessions[_touched.Items[_touched.Count - 1]];
            if (s.Is(SessionFlags.Alive) && s.Is(SessionFlags.Changed) && !IsClosed(s))
                return true;
            s.Flags &= ~SessionFlags.Listed;
        }
        return false;
    }

    /// <summary>
    /// After a replay: whatever has not gone out may have been told of before. It is told of again, and deleted when it closes.
    /// </summary>
    public void AssumeLive()
    {
        for (var slot = 0; slot < _sessions.HighWater; slot++)
        {
            ref var s = ref _sessions[slot];
            if (!s.Is(SessionFlags.Alive) || !s.Is(SessionFlags.Changed))
                continue;
            s.LiveId = IdOf(s);
            s.Flags |= SessionFlags.Live;
            Touch(slot, ref s);
        }
    }

    private void DropLive(ref Session s)
    {
        if (!s.Is(SessionFlags.Live))
            return;
        _gone.Add((s.LiveId, s.Visitor));
        s.Flags &= ~SessionFlags.Live;
    }

    private void WriteGone(long revision, ISessionOutput? output)
    {
        foreach (var (id, visitor) in _gone)
            WriteDeleted(id, visitor, revision, output);
        _gone.Clear();
    }

    // Odd for a deletion, even for an upsert: of the two at one offset the deletion wins, and every later event's upsert wins over it.
    private void WriteDeleted(long id, int visitor, long revision, ISessionOutput? output)
    {
        if (output is null)
            return;
        var live = new LiveSession
        {
            Project = _texts[_visitors[visitor].Project],
            SessionId = id,
            Revision = revision * 2 + 1,
            Deleted = true,
            VisitorId = _visitors.Id(visitor),
        };
        Write(live, output);
    }

    private void WriteUpsert(in Session s, long revision, ISessionOutput output)
    {
        var campaign = default(SessionFields);
        Campaigns.Fill(TextOf(s, FirstText.Campaign), ref campaign);
        var live = new LiveSession
        {
            Project = _texts[_visitors[s.Visitor].Project],
            SessionId = s.LiveId,
            Revision = revision * 2,
            VisitorId = _visitors.Id(s.Visitor),
            UserId = _texts[s.User.Text],
            StartedAt = s.Start,
            LastEventAt = s.End,
            Events = s.Events,
            Pages = s.Pages,
            Actions = s.Actions,
            Errors = s.Errors,
            EntryPage = _texts[s.Entry.Text],
            CurrentPage = _texts[s.Exit.Text],
            Referrer = TextOf(s, FirstText.Referrer),
            UtmSource = campaign.UtmSource,
            UtmCampaign = campaign.UtmCampaign,
            Device = TextOf(s, FirstText.Device),
            Browser = TextOf(s, FirstText.Browser),
            Os = TextOf(s, FirstText.Os),
            AppVersion = TextOf(s, FirstText.AppVersion),
        };
        Write(live, output);
    }

    private void Write(in LiveSession live, ISessionOutput output)
    {
        if (live.MaxLength > _row.Length)
            _row = new byte[live.MaxLength];
        output.Live(live.SessionId, _row.AsSpan(0, live.Encode(_row)));
    }
}
