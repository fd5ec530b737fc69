using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults;

/// <summary>The topics of the pipeline with their settings: the one list that every edition makes its log from.</summary>
public static class PipelineTopics
{
    /// <param name="partitions">Partitions of the topics that follow the visitor; part of the data, see <see cref="TopicDefinition"/>.</param>
    /// <param name="retention">How long events are held; a restart replays them, so it bounds what can be recovered. Null: for ever.</param>
    /// <param name="intakeRetention">How long a message of the intake topic waits for a collector. Null where no other producer can reach the log (the local edition): no topic stands there unread.</param>
    public static IReadOnlyList<TopicDefinition> Definitions(int partitions, TimeSpan? retention = null, TimeSpan? intakeRetention = null) =>
    [
        .. intakeRetention is { } wait ? [new TopicDefinition(Contracts.Topics.Intake, partitions) { Large = true, RetentionTime = wait }] : Array.Empty<TopicDefinition>(),
        new(Contracts.Topics.Events, partitions) { Large = true, RetentionTime = retention },
        new(Contracts.Topics.History, partitions) { Large = true, RetentionTime = retention },
        new(Contracts.Topics.Imports, 1),
        new(Contracts.Topics.Sessions, partitions) { RetentionTime = retention },
        new(Contracts.Topics.LiveSessions, partitions) { Compacted = true, RetentionTime = TimeSpan.FromDays(1) },
        new(Contracts.Topics.Late, partitions) { RetentionTime = retention },
        new(Contracts.Topics.Rejected, partitions) { RetentionTime = retention },
        new(Contracts.Topics.SessionizerState, partitions) { RetentionTime = retention },
    ];
}
