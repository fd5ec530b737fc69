using System.Runtime.CompilerServices;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>What an event adds to its session, and how two sessions add up. A text is interned only when it becomes the session's.</summary>
internal static class SessionCounting
{
    /// <summary>Everything but the session's extent, which the rules decide by.</summary>
    /// <param name="s">Without the event.</param>
    /// <param name="e">One of its events.</param>
    /// <param name="isLatest">
    /// The event's time is after that of all others of the session, as it is mostly. Then no mark has to be looked at to know that the event is the last to say something, and the first
    /// only where nothing was said before.
    /// </param>
    /// <param name="texts">Where texts are interned.</param>
    public static void Count(ref this Session s, in EventFields e, bool isLatest, TextPool texts)
    {
        s.Events++;
        switch (e.Kind)
        {
            case EventKind.Page:
                CountPage(ref s, e, isLatest, texts);
                s.Pages++;
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
        var given = GivenBy(e);
        if (!isLatest || (given & ~s.Given) != TextSet.None)
            CountFirst(ref s, e, given, texts);
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
        into.Given |= older.Given;
        var several = into.User.Text != 0 && older.User.Text != 0 && into.User.Text != older.User.Text;
        into.User.TakeLater(older.User);
        into.Flags = (into.Flags & ~SessionFlags.Continued) | (older.Flags & (SessionFlags.SeveralUsers | SessionFlags.Continued));
        if (several)
            into.Flags |= SessionFlags.SeveralUsers;
        into.Version = Math.Max(into.Version, older.Version);
    }

    private static void CountPage(ref Session s, in EventFields e, bool isLatest, TextPool texts)
    {
        var first = isLatest ? s.Pages == 0 : s.Entry.IsAfter(e);
        var last = isLatest || s.Exit.IsBefore(e);
        if (!first && !last)
            return;
        var mark = MarkOf(e, texts.Intern(e.Page));
        if (first)
            s.Entry = mark;
        if (last)
            s.Exit = mark;
    }

    // Without a branch: which texts an event gives cannot be predicted.
    private static TextSet GivenBy(in EventFields e) =>
        If(e.Device.Length, TextSet.Device)
        | If(e.Browser.Length, TextSet.Browser)
        | If(e.Os.Length, TextSet.Os)
        | If(e.AppVersion.Length, TextSet.AppVersion)
        | If(e.Referrer.Length, TextSet.Referrer)
        | If(e.UtmSource.Length | e.UtmMedium.Length | e.UtmCampaign.Length | e.UtmTerm.Length | e.UtmContent.Length, TextSet.Campaign);

    // All bits for a length above 0, none for 0.
    private static TextSet If(int length, TextSet text) => (TextSet)(-length >> 31) & text;

    // Not inlined: most events give no text that is the first.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CountFirst(ref Session s, in EventFields e, TextSet given, TextPool texts)
    {
        s.Given |= given;
        for (var text = FirstText.Device; text <= FirstText.Campaign; text++)
        {
            ref var first = ref s.First[(int)text];
            if ((given & (TextSet)(1u << (int)text)) != TextSet.None && first.IsAfter(e))
                first = MarkOf(e, text == FirstText.Campaign ? Campaigns.Intern(e, texts) : texts.Intern(TextOf(e, text), first.Text));
        }
    }

    private static ReadOnlySpan<byte> TextOf(in EventFields e, FirstText text) => text switch
    {
        FirstText.Device => e.Device,
        FirstText.Browser => e.Browser,
        FirstText.Os => e.Os,
        FirstText.AppVersion => e.AppVersion,
        _ => e.Referrer,
    };

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
