using System.Diagnostics;
using System.Globalization;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator;

/// <summary>
/// The aggregator's spans: the loading of a batch, from the read records to ClickHouse's acknowledgement, linked to the requests or commits that wrote them, and in it every
/// attempt to insert. Counts only; without a listener nothing is made.
/// </summary>
internal static class AggregatorTracing
{
    internal static readonly ActivitySource Source = new("Tidemark.Aggregator");

    internal static Activity? Load(TopicPartition source, TraceLinks links, long rows)
    {
        if (!Source.HasListeners())
            return null;
        var span = Source.StartActivity("load", ActivityKind.Consumer, default(ActivityContext), null, links.All);
        if (span is { IsAllDataRequested: true })
        {
            span.DisplayName = $"load {source.Topic}";
            span.SetTag("messaging.operation.type", "process").SetTag("messaging.destination.name", source.Topic)
                .SetTag("messaging.destination.partition.id", source.Partition.ToString(CultureInfo.InvariantCulture))
                .SetTag("tidemark.rows", rows);
        }
        return span;
    }

    internal static Activity? Insert(string table, int rows)
    {
        var span = Source.StartActivity("insert", ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            span.DisplayName = $"INSERT {table}";
            span.SetTag("db.system.name", "clickhouse").SetTag("db.operation.name", "INSERT").SetTag("db.collection.name", table).SetTag("tidemark.rows", rows);
        }
        return span;
    }

    /// <summary>ClickHouse's messages quote data; the kind of failure is enough here.</summary>
    internal static void Failed(Activity? span, Exception failed) => span?.SetStatus(ActivityStatusCode.Error, failed.GetType().Name);
}
