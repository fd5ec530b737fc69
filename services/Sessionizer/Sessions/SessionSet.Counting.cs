using System.Runtime.CompilerServices;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>What an event adds to its session, and how two sessions add up. A text is interned only when it becomes the session's.</summary>
internal sealed partial class SessionSet
{
    private int _project;

    private int ProjectOf(ReadOnlySpan<byte> project) => _project = _texts.Intern(project, _project);

    private void Count(ref Session s, in EventFields e)
    {
        s.Events++;
        switch (e.Kind)
        {
            case EventKind.Page:
                s.Pages++;
                CountPage(ref s, e);
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
        CountFirst(ref s.First[(int)FirstText.Device], e, e.Device);
        CountFirst(ref s.First[(int)FirstText.Browser], e, e.Browser);
        CountFirst(ref s.First[(int)FirstText.Os], e, e.Os);
        CountFirst(ref s.First[(int)FirstText.AppVersion], e, e.AppVersion);
        CountFirst(ref s.First[(int)FirstText.Referrer], e, e.Referrer);
        if (Campaigns.IsNamed(e) && s.First[(int)FirstText.Campaign].IsAfter(e))
            s.First[(int)FirstText.Campaign] = MarkOf(e, Campaigns.Intern(e, _texts));
        if (!e.UserId.IsEmpty)
            CountUser(ref s, e);
    }

    // Inlined: most events change nothing here, and finding that out is a comparison for each text.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountFirst(ref Mark first, in EventFields e, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && first.IsAfter(e))
            first = MarkOf(e, _texts.Intern(text, first.Text));
    }

    private void CountPage(ref Session s, in EventFields e)
    {
        var first = s.Entry.IsAfter(e);
        var last = s.Exit.IsBefore(e);
        if (!first && !last)
            return;
        var mark = MarkOf(e, _texts.Intern(e.Page));
        if (first)
            s.Entry = mark;
        if (last)
            s.Exit = mark;
    }

    private void CountUser(ref Session s, in EventFields e)
    {
        var text = _texts.Intern(e.UserId, s.User.Text);
        if (s.User.Text != 0 && s.User.Text != text)
            s.Flags |= SessionFlags.SeveralUsers;
        if (s.User.IsBefore(e))
            s.User = MarkOf(e, text);
    }

    private static Mark MarkOf(in EventFields e, int text) => new() { Time = e.OccurredAt, Id = e.EventId, Seq = e.Seq, Text = text };

    private static void MergeInto(ref Session into, in Session from)
    {
        into.Start = from.Start;
        into.FirstSeq = from.FirstSeq;
        into.FirstId = from.FirstId;
        into.End = Math.Max(into.End, from.End);
        into.Events += from.Events;
        into.Pages += from.Pages;
        into.Actions += from.Actions;
        into.Errors += from.Errors;
        into.Entry.TakeEarlier(from.Entry);
        into.Exit.TakeLater(from.Exit);
        into.First.TakeEarlier(in from.First);
        var several = into.User.Text != 0 && from.User.Text != 0 && into.User.Text != from.User.Text;
        into.User.TakeLater(from.User);
        into.Flags = (into.Flags & ~SessionFlags.Continued) | (from.Flags & (SessionFlags.SeveralUsers | SessionFlags.Continued));
        if (several)
            into.Flags |= SessionFlags.SeveralUsers;
    }
}
