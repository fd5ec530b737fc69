using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults;

/// <summary>The topics of the pipeline with their settings: the one list that every edition makes its log from.</summary>
public static class PipelineTopics
{
    /// <param name="partitions">Partitions of the topics that follow the visitor; part of the data, see <see cref="TopicDefinition"/>.</param>
    /// <param name="retention">How long events, and what was made of them, are held at least: what is older goes when nobody needs it any more. Null: for ever.</param>
    /// <param name="retentionBytes">Size that the same topics are cut to, all together, beside their age; each of their partitions has an equal part of it. Null: no limit.</param>
    /// <param name="intakeRetention">How long a message of the intake topic waits for a collector. Null where no other producer can reach the log (the local edition): no topic stands there unread.</param>
    public static IReadOnlyList<TopicDefinition> Definitions(int partitions, TimeSpan? retention = null, TimeSpan? intakeRetention = null, long? retentionBytes = null)
    {
        var bytes = retentionBytes / (5 * partitions);
        // By whoever reads them last: sessionizer and loader know what they still need.
        TopicDefinition Read(string name, bool large = false) =>
            new(name, partitions) { Large = large, RetentionTime = retention, RetentionBytes = bytes, TrimmedByReaders = true };
        return
        [
            .. intakeRetention is { } wait ? [new TopicDefinition(Contracts.Topics.Intake, partitions) { Large = true, RetentionTime = wait }] : Array.Empty<TopicDefinition>(),
            Read(Contracts.Topics.Events, large: true),
            Read(Contracts.Topics.History, large: true),
            new(Contracts.Topics.Imports, 1),
            Read(Contracts.Topics.Sessions),
            new(Contracts.Topics.LiveSessions, partitions) { Compacted = true, RetentionTime = TimeSpan.FromDays(1) },
            Read(Contracts.Topics.Late),
            Read(Contracts.Topics.Rejected),
            // Cut behind the snapshots in it, whatever its age.
            new(Contracts.Topics.SessionizerState, partitions) { TrimmedByReaders = true },
        ];
    }
}
