using System.Text;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>A decoded session row; equal when every field is.</summary>
internal sealed record TestRow
{
    public required string Project { get; init; }
    public required string Visitor { get; init; }
    public required string Import { get; init; }
    public required long Start { get; init; }
    public required long End { get; init; }
    public required int Events { get; init; }
    public int Pages { get; init; }
    public int Actions { get; init; }
    public int Errors { get; init; }
    public string User { get; init; } = "";
    public bool SeveralUsers { get; init; }
    public string EntryPage { get; init; } = "";
    public string ExitPage { get; init; } = "";
    public string Referrer { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string Device { get; init; } = "";
    public string Browser { get; init; } = "";
    public string Os { get; init; } = "";
    public string AppVersion { get; init; } = "";
    public bool Bounce { get; init; }
    public long SessionId { get; init; }

    // What depends on the history of emission, not on the events.
    public int Sign { get; init; } = 1;
    public int Version { get; init; }
    public CloseReason Reason { get; init; }
    public bool Continued { get; init; }
    public string Absorbed { get; init; } = "";
    public bool History { get; init; }

    /// <summary>The row without what depends on the history of emission.</summary>
    public TestRow Content() => this with { Sign = 1, Version = 0, Reason = default, Continued = false, Absorbed = "", History = false };

    /// <summary>The row as rules before version 3 wrote it.</summary>
    public TestRow WithoutAgent() => this with { Browser = "", Os = "", AppVersion = "" };

    public static TestRow Decode(ReadOnlySpan<byte> message)
    {
        long[] absorbed = [];
        SessionFields.Decode(message, ref absorbed, out var s);
        Assert.Equal(s.UtmSource, s.UtmTerm);
        return new TestRow
        {
            Project = Text(s.Project),
            Visitor = Text(s.VisitorId),
            Import = Text(s.ImportId),
            Start = s.StartedAt,
            End = s.EndedAt,
            Events = s.Events,
            Pages = s.Pages,
            Actions = s.Actions,
            Errors = s.Errors,
            User = Text(s.UserId),
            SeveralUsers = s.SeveralUsers,
            EntryPage = Text(s.EntryPage),
            ExitPage = Text(s.ExitPage),
            Referrer = Text(s.Referrer),
            Campaign = Text(s.UtmSource),
            Device = Text(s.Device),
            Browser = Text(s.Browser),
            Os = Text(s.Os),
            AppVersion = Text(s.AppVersion),
            Bounce = s.Bounce,
            SessionId = s.SessionId,
            Sign = s.Sign,
            Version = s.Version,
            Reason = s.CloseReason,
            Continued = s.Continued,
            Absorbed = string.Join(',', s.Absorbed.ToArray()),
            History = s.History,
        };
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
