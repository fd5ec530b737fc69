using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Session rows as bytes, in a buffer that the next call overwrites.</summary>
internal sealed class SessionRows(SessionStore store, ReadOnlySpan<byte> importId, bool history)
{
    private readonly byte[] _importId = importId.ToArray();
    private byte[] _buffer = new byte[512];
    private long[] _absorbed = [];

    /// <summary>The row of the session with its present version and reason.</summary>
    public ReadOnlySpan<byte> Encode(in Session s, scoped ReadOnlySpan<long> absorbed)
    {
        scoped var row = default(SessionFields);
        row.Project = store.ProjectOf(s);
        row.VisitorId = store.VisitorIdOf(s);
        row.SessionId = store.IdOf(s);
        row.Version = s.Version;
        row.Sign = 1;
        row.UserId = store.Texts[s.User.Text];
        row.SeveralUsers = s.Is(SessionFlags.SeveralUsers);
        row.StartedAt = s.Start;
        row.EndedAt = s.End;
        row.Events = s.Events;
        row.Pages = s.Pages;
        row.Actions = s.Actions;
        row.Errors = s.Errors;
        row.EntryPage = store.Texts[s.Entry.Text];
        row.ExitPage = store.Texts[s.Exit.Text];
        row.Referrer = store.TextOf(s, FirstText.Referrer);
        Campaigns.Fill(store.TextOf(s, FirstText.Campaign), ref row);
        row.Device = store.TextOf(s, FirstText.Device);
        if (!s.Is(SessionFlags.WithoutAgent))
        {
            row.Browser = store.TextOf(s, FirstText.Browser);
            row.Os = store.TextOf(s, FirstText.Os);
            row.AppVersion = store.TextOf(s, FirstText.AppVersion);
        }
        row.Bounce = s.IsBounce;
        row.CloseReason = s.Reason;
        row.Continued = s.Is(SessionFlags.Continued);
        row.Absorbed = absorbed;
        row.ImportId = _importId;
        row.History = history;
        // Write may put a larger buffer in the place of this one: first the length, then the span.
        var length = Write(row);
        return _buffer.AsSpan(0, length);
    }

    /// <summary>A row that went out, with the other sign.</summary>
    public ReadOnlySpan<byte> Retraction(byte[] message)
    {
        SessionFields.Decode(message, ref _absorbed, out var row);
        row.Sign = -1;
        var length = Write(row);
        return _buffer.AsSpan(0, length);
    }

    private int Write(scoped in SessionFields row)
    {
        var length = row.MaxLength;
        if (length > _buffer.Length)
            _buffer = new byte[Math.Max(length, _buffer.Length * 2)];
        return row.Encode(_buffer);
    }
}
