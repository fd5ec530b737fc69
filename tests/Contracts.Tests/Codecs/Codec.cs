using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Contracts.Tests.Codecs;

/// <summary>One of our codecs as the tests see it: its fingerprint, its fields by their names in the schema, and a message written again from what it read.</summary>
internal sealed partial record Codec(ulong Fingerprint, Func<byte[], bool> Knows, Func<byte[], Dictionary<string, object>> Fields, Func<byte[], byte[]> WriteAgain)
{
    internal static IReadOnlyDictionary<string, Codec> All { get; } = new Dictionary<string, Codec>
    {
        ["event"] = new(EventFields.Fingerprint, m => EventFields.Is(m), FieldsOfEvent, EventAgain),
        ["session"] = new(SessionFields.Fingerprint, m => SessionFields.Is(m), FieldsOfSession, SessionAgain),
        ["live_session"] = new(LiveSession.Fingerprint, m => LiveSession.Is(m), LiveFields, LiveAgain),
        ["late_event"] = new(LateEvent.Fingerprint, m => LateEvent.Is(m), LateFields, LateAgain),
        ["rejected_event"] = new(RejectedEvent.Fingerprint, m => RejectedEvent.Is(m), RejectedFields, RejectedAgain),
        ["import_end"] = new(ImportEnd.Fingerprint, m => ImportEnd.Is(m), EndFields, EndAgain),
        ["import_closed"] = new(ImportClosed.Fingerprint, m => ImportClosed.Is(m), ClosedFields, ClosedAgain),
        ["import_undo"] = new(ImportUndo.Fingerprint, m => ImportUndo.Is(m), UndoFields, UndoAgain),
        ["import_note"] = new(ImportNote.Fingerprint, m => ImportNote.Is(m), NoteFields, NoteAgain),
        ["sessionizer_snapshot"] = new(SessionizerSnapshot.Fingerprint, m => SessionizerSnapshot.Is(m), SnapshotFields, SnapshotAgain),
        ["sessionizer_commit"] = new(SessionizerCommit.Fingerprint, m => SessionizerCommit.Is(m), CommitFields, m => SessionizerCommit.Decode(m).Encode()),
    };

    private static byte[] EventAgain(byte[] message)
    {
        EventFields.Decode(message, out var e);
        var target = new byte[e.MaxLength];
        return target[..e.Encode(target)];
    }

    private static byte[] SessionAgain(byte[] message)
    {
        long[] absorbed = [];
        SessionFields.Decode(message, ref absorbed, out var s);
        var target = new byte[s.MaxLength];
        return target[..s.Encode(target)];
    }

    private static byte[] LiveAgain(byte[] message)
    {
        var m = LiveSession.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] SnapshotAgain(byte[] message)
    {
        var m = SessionizerSnapshot.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] LateAgain(byte[] message)
    {
        var m = LateEvent.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] RejectedAgain(byte[] message)
    {
        var m = RejectedEvent.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] EndAgain(byte[] message)
    {
        var m = ImportEnd.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] ClosedAgain(byte[] message)
    {
        var m = ImportClosed.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] UndoAgain(byte[] message)
    {
        var m = ImportUndo.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }

    private static byte[] NoteAgain(byte[] message)
    {
        var m = ImportNote.Decode(message);
        var target = new byte[m.MaxLength];
        return target[..m.Encode(target)];
    }
}
