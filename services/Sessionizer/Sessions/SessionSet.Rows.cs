using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Session rows as bytes.</summary>
internal sealed partial class SessionSet
{
    private byte[] _row = new byte[512];
    private long[] _absorbed = [];

    /// <summary>The row of the session with its present version and reason, in a buffer that the next call overwrites.</summary>
    private ReadOnlySpan<byte> Encode(in Session s, scoped ReadOnlySpan<long> absorbed)
    {
        scoped var row = default(SessionFields);
        row.Project = _texts[_visitors[s.Visitor].Project];
        row.VisitorId = _visitors.Id(s.Visitor);
        row.SessionId = IdOf(s);
        row.Version = s.Version;
        row.Sign = 1;
        row.UserId = _texts[s.User.Text];
        row.SeveralUsers = s.Is(SessionFlags.SeveralUsers);
        row.StartedAt = s.Start;
        row.EndedAt = s.End;
        row.Events = s.Events;
        row.Pages = s.Pages;
        row.Actions = s.Actions;
        row.Errors = s.Errors;
        row.EntryPage = _texts[s.Entry.Text];
        row.ExitPage = _texts[s.Exit.Text];
        row.Referrer = TextOf(s, FirstText.Referrer);
        Campaigns.Fill(TextOf(s, FirstText.Campaign), ref row);
        row.Device = TextOf(s, FirstText.Device);
        if (!s.Is(SessionFlags.WithoutAgent))
        {
            row.Browser = TextOf(s, FirstText.Browser);
            row.Os = TextOf(s, FirstText.Os);
            row.AppVersion = TextOf(s, FirstText.AppVersion);
        }
        row.Bounce = s.Pages <= 1 && s.Actions == 0;
        row.CloseReason = s.Reason;
        row.Continued = s.Is(SessionFlags.Continued);
        row.Absorbed = absorbed;
        row.ImportId = _importId;
        row.History = _history;
        // Write may put a larger buffer in the place of this one: first the length, then the span.
        var length = Write(row);
        return _row.AsSpan(0, length);
    }

    private int Write(scoped in SessionFields row)
    {
        var length = row.MaxLength;
        if (length > _row.Length)
            _row = new byte[Math.Max(length, _row.Length * 2)];
        return row.Encode(_row);
    }

    /// <summary>Keeps the row of a session as it went out; called before the session changes, so its state still says it.</summary>
    private int Freeze(ref Session s) => _frozen.Add(Encode(s, []).ToArray(), s.Version, IdOf(s), s.Start, -1);

    private ReadOnlySpan<byte> Retraction(byte[] message)
    {
        SessionFields.Decode(message, ref _absorbed, out var row);
        row.Sign = -1;
        var length = Write(row);
        return _row.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> TextOf(scoped in Session s, FirstText text) => _texts[s.First[(int)text].Text];

    private long IdOf(in Session s) => SessionIds.Of(_texts[_visitors[s.Visitor].Project], _visitors.Id(s.Visitor), s.FirstId);
}
