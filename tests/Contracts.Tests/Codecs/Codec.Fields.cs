using System.Text;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Contracts.Tests.Codecs;

/// <summary>Each field under its name in the schema, written out, so that two fields of one type cannot change places unseen.</summary>
internal sealed partial record Codec
{
    private static Dictionary<string, object> FieldsOfEvent(byte[] message)
    {
        EventFields.Decode(message, out var m);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["visitor_id"] = Text(m.VisitorId),
            ["event_id"] = m.EventId,
            ["occurred_at"] = m.OccurredAt,
            ["seq"] = m.Seq,
            ["kind"] = (int)m.Kind,
            ["import_id"] = Text(m.ImportId),
            ["user_id"] = Text(m.UserId),
            ["page"] = Text(m.Page),
            ["event"] = Text(m.Event),
            ["referrer"] = Text(m.Referrer),
            ["utm_source"] = Text(m.UtmSource),
            ["utm_medium"] = Text(m.UtmMedium),
            ["utm_campaign"] = Text(m.UtmCampaign),
            ["utm_term"] = Text(m.UtmTerm),
            ["utm_content"] = Text(m.UtmContent),
            ["device"] = Text(m.Device),
            ["received_at"] = m.ReceivedAt,
            ["type"] = (int)m.Type,
            ["message_id"] = Text(m.MessageId),
            ["skew_ms"] = m.SkewMs,
            ["url"] = Text(m.Url),
            ["title"] = Text(m.Title),
            ["browser"] = Text(m.Browser),
            ["os"] = Text(m.Os),
            ["app_version"] = Text(m.AppVersion),
            ["locale"] = Text(m.Locale),
            ["bot"] = m.Bot,
            ["properties"] = Map(m.Properties),
        };
    }

    private static Dictionary<string, object> FieldsOfSession(byte[] message)
    {
        long[] absorbed = [];
        SessionFields.Decode(message, ref absorbed, out var m);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["session_id"] = m.SessionId,
            ["visitor_id"] = Text(m.VisitorId),
            ["version"] = m.Version,
            ["sign"] = m.Sign,
            ["user_id"] = Text(m.UserId),
            ["several_users"] = m.SeveralUsers,
            ["started_at"] = m.StartedAt,
            ["ended_at"] = m.EndedAt,
            ["events"] = m.Events,
            ["pages"] = m.Pages,
            ["actions"] = m.Actions,
            ["errors"] = m.Errors,
            ["entry_page"] = Text(m.EntryPage),
            ["exit_page"] = Text(m.ExitPage),
            ["referrer"] = Text(m.Referrer),
            ["utm_source"] = Text(m.UtmSource),
            ["utm_medium"] = Text(m.UtmMedium),
            ["utm_campaign"] = Text(m.UtmCampaign),
            ["utm_term"] = Text(m.UtmTerm),
            ["utm_content"] = Text(m.UtmContent),
            ["device"] = Text(m.Device),
            ["browser"] = Text(m.Browser),
            ["os"] = Text(m.Os),
            ["app_version"] = Text(m.AppVersion),
            ["bounce"] = m.Bounce,
            ["close_reason"] = (int)m.CloseReason,
            ["continued"] = m.Continued,
            ["absorbed"] = m.Absorbed.ToArray(),
            ["import_id"] = Text(m.ImportId),
            ["history"] = m.History,
        };
    }

    private static Dictionary<string, object> LiveFields(byte[] message)
    {
        var m = LiveSession.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["session_id"] = m.SessionId,
            ["revision"] = m.Revision,
            ["deleted"] = m.Deleted,
            ["visitor_id"] = Text(m.VisitorId),
            ["user_id"] = Text(m.UserId),
            ["started_at"] = m.StartedAt,
            ["last_event_at"] = m.LastEventAt,
            ["events"] = m.Events,
            ["pages"] = m.Pages,
            ["actions"] = m.Actions,
            ["errors"] = m.Errors,
            ["entry_page"] = Text(m.EntryPage),
            ["current_page"] = Text(m.CurrentPage),
            ["referrer"] = Text(m.Referrer),
            ["utm_source"] = Text(m.UtmSource),
            ["utm_campaign"] = Text(m.UtmCampaign),
            ["device"] = Text(m.Device),
            ["browser"] = Text(m.Browser),
            ["os"] = Text(m.Os),
            ["app_version"] = Text(m.AppVersion),
        };
    }

    private static Dictionary<string, object> SnapshotFields(byte[] message)
    {
        var m = SessionizerSnapshot.Decode(message);
        return new Dictionary<string, object>
        {
            ["input_topic"] = Text(m.InputTopic),
            ["input_partition"] = m.InputPartition,
            ["topic_id"] = Text(m.TopicId),
            ["to_offset"] = m.ToOffset,
            ["writer"] = m.Writer,
            ["part"] = m.Part,
            ["parts"] = m.Parts,
            ["length"] = m.Length,
            ["hash"] = m.Hash,
            ["data"] = m.Data.ToArray(),
        };
    }

    private static Dictionary<string, object> LateFields(byte[] message)
    {
        var m = LateEvent.Decode(message);
        return new Dictionary<string, object>
        {
            ["reason"] = (int)m.Reason,
            ["input_topic"] = Text(m.InputTopic),
            ["input_partition"] = m.InputPartition,
            ["input_offset"] = m.InputOffset,
            ["horizon"] = m.Horizon,
            ["event"] = m.Event.ToArray(),
        };
    }

    private static Dictionary<string, object> RejectedFields(byte[] message)
    {
        var m = RejectedEvent.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["code"] = Text(m.Code),
            ["received_at"] = m.ReceivedAt,
            ["door"] = Text(m.Door),
            ["index"] = m.Index,
            ["import_id"] = Text(m.ImportId),
            ["size"] = m.Size,
            ["hash"] = m.Hash,
            ["sample"] = m.Sample.ToArray(),
            ["partition"] = m.Partition,
            ["offset"] = m.Offset,
        };
    }

    private static Dictionary<string, object> EndFields(byte[] message)
    {
        var m = ImportEnd.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["import_id"] = Text(m.ImportId),
            ["ended_at"] = m.EndedAt,
        };
    }

    private static Dictionary<string, object> ClosedFields(byte[] message)
    {
        var m = ImportClosed.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["import_id"] = Text(m.ImportId),
            ["partition"] = m.Partition,
            ["closed_at"] = m.ClosedAt,
            ["events"] = m.Events,
            ["duplicates"] = m.Duplicates,
            ["late"] = m.Late,
            ["sessions"] = m.Sessions,
        };
    }

    private static Dictionary<string, object> UndoFields(byte[] message)
    {
        var m = ImportUndo.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["import_id"] = Text(m.ImportId),
            ["undone_at"] = m.UndoneAt,
        };
    }

    private static Dictionary<string, object> NoteFields(byte[] message)
    {
        var m = ImportNote.Decode(message);
        return new Dictionary<string, object>
        {
            ["project"] = Text(m.Project),
            ["import"] = Text(m.Import),
            ["generation"] = m.Generation,
            ["state"] = (int)m.State,
            ["noted_at"] = m.NotedAt,
        };
    }

    private static Dictionary<string, object> CommitFields(byte[] message)
    {
        var m = SessionizerCommit.Decode(message);
        return new Dictionary<string, object>
        {
            ["input_topic"] = m.InputTopic,
            ["input_partition"] = m.InputPartition,
            ["from_offset"] = m.FromOffset,
            ["to_offset"] = m.ToOffset,
            ["horizon"] = m.Horizon,
            ["idle_horizon"] = m.IdleHorizon,
            ["flush"] = m.Flush,
            ["skipped"] = m.Skipped.ToArray(),
            ["settings"] = m.Settings,
            ["rules"] = m.Rules,
            ["projects"] = m.Projects.ToArray(),
            ["projects_as_before"] = m.ProjectsAsBefore,
            ["idle_projects"] = m.IdleProjects.ToArray(),
            ["topic_id"] = m.TopicId,
            ["begins"] = m.Begins,
            ["writer"] = m.Writer,
            ["writer_before"] = m.WriterBefore,
            ["settings_hash"] = m.SettingsHash,
        };
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static Dictionary<string, string> Map(ReadOnlySpan<byte> encoded)
    {
        var result = new Dictionary<string, string>();
        var map = new AvroMapEnumerator(encoded);
        while (map.MoveNext())
            result.Add(Text(map.Key), Text(map.Value));
        return result;
    }
}
