using System.Runtime.CompilerServices;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>What an event adds to its session, and how two sessions add up. A text is interned only when it becomes the session's.</summary>
internal static class SessionCounting
{
    /// <summary>Everything but the session's extent, which the rules decide by.</summary>
    public static void Count(ref this Session s, in EventFields e, TextPool texts)
    {
        s.Events++;
        switch (e.Kind)
        {
            case EventKind.Page:
                s.Pages++;
                CountPage(ref s, e, texts);
                break;
            case EventKind.Action:
                s.Actions++;
                break;
            case EventKind.Error:
                s.Errors++;
                break;
            default:
                break;
        }
        CountFirst(ref s.First[(int)FirstText.Device], e, e.Device, texts);
        CountFirst(ref s.First[(int)FirstText.Browser], e, e.Browser, texts);
        CountFirst(ref s.First[(int)FirstText.Os], e, e.Os, texts);
        CountFirst(ref s.First[(int)FirstText.AppVersion], e, e.AppVersion, texts);
        CountFirst(ref s.First[(int)FirstText.Referrer], e, e.Referrer, texts);
        if (Campaigns.IsNamed(e) && s.First[(int)FirstText.Campaign].IsAfter(e))
            s.First[(int)FirstText.Campaign] = MarkOf(e, Campaigns.Intern(e, texts));
        if (!e.UserId.IsEmpty)
            CountUser(ref s, e, texts);
    }

    /// <summary>Adds an older session of the same visitor; its identity, start and cap history win.</summary>
    public static void Absorb(ref this Session into, in Session older)
    {
        into.Start = older.Start;
        into.FirstSeq = older.FirstSeq;
        into.FirstId = older.FirstId;
        into.End = Math.Max(into.End, older.End);
        into.Events += older.Events;
        into.Pages += older.Pages;
        into.Actions += older.Actions;
        into.Errors += older.Errors;
        into.Entry.TakeEarlier(older.Entry);
        into.Exit.TakeLater(older.Exit);
        into.First.TakeEarlier(in older.First);
        var several = into.User.Text != 0 && older.User.Text != 0 && into.User.Text != older.User.Text;
        into.User.TakeLater(older.User);
        into.Flags = (into.Flags & ~SessionFlags.Continued) | (older.Flags & (SessionFlags.SeveralUsers | SessionFlags.Continued));
        if (several)
            into.Flags |= SessionFlags.SeveralUsers;
        into.Version = Math.Max(into.Version, older.Version);
    }

    // Inlined: most events change nothing here, and finding that out is a comparison for each text.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CountFirst(ref Mark first, in EventFields e, ReadOnlySpan<byte> text, TextPool texts)
    {
        if (!text.IsEmpty && first.IsAfter(e))
            first = MarkOf(e, texts.Intern(text, first.Text));
    }

    private static void CountPage(ref Session s, in EventFields e, TextPool texts)
    {
        var first = s.Entry.IsAfter(e);
        var last = s.Exit.IsBefore(e);
        if (!first && !last)
            return;
        var mark = MarkOf(e, texts.Intern(e.Page));
        if (first)
            s.Entry = mark;
        if (last)
            s.Exit = mark;
    }

    private static void CountUser(ref Session s, in EventFields e, TextPool texts)
    {
        var text = texts.Intern(e.UserId, s.User.Text);
        if (s.User.Text != 0 && s.User.Text != text)
            s.Flags |= SessionFlags.SeveralUsers;
        if (s.User.IsBefore(e))
            s.User = MarkOf(e, text);
    }

    private static Mark MarkOf(in EventFields e, int text) => new() { Time = e.OccurredAt, Id = e.EventId, Seq = e.Seq, Text = text };
}
