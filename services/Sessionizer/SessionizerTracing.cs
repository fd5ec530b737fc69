using System.Diagnostics;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Sessionizer;

/// <summary>The sessionizer's span: a commit interval from its first record to the log's answer, linked to the requests it took in. Counts only; without a listener nothing is made.</summary>
internal static class SessionizerTracing
{
    internal static readonly ActivitySource Source = new("Tidemark.Sessionizer");

    /// <param name="age">How long ago the interval began.</param>
    internal static Activity? Commit(TopicPartition input, TraceLinks links, TimeProvider time, TimeSpan age, long records)
    {
        if (!Source.HasListeners())
            return null;
        var span = Source.StartActivity("commit", ActivityKind.Consumer, default(ActivityContext), null, links.All, time.GetUtcNow() - age);
        if (span is { IsAllDataRequested: true })
        {
            span.DisplayName = $"commit {input.Topic}";
            span.SetTag("messaging.operation.type", "process").SetTag("messaging.destination.name", input.Topic)
                .SetTag("messaging.destination.partition.id", input.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture))
                .SetTag("messaging.batch.message_count", records);
        }
        return span;
    }

    /// <summary>What the transaction carries to the readers of its outputs; null when it is not sampled.</summary>
    internal static string? ParentOf(Activity? span) => span is { Recorded: true } ? span.Id : null;

    internal static void Committed(Activity? span, long rows)
    {
        if (span is { IsAllDataRequested: true })
            span.SetTag("tidemark.rows", rows);
    }

    /// <summary>Error messages of the log name partitions and brokers; the kind of failure is enough here.</summary>
    internal static void Failed(Activity? span, Exception failed) => span?.SetStatus(ActivityStatusCode.Error, failed.GetType().Name);
}
