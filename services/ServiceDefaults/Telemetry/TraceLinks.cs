using System.Diagnostics;
using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>
/// The traced appends that a batch consists of, as links of the batch's span: many requests end up in one commit, and one request in several, so none is the other's parent.
/// Holds nothing, and makes nothing, while no traced one is there or nobody listens to the source.
/// </summary>
public sealed class TraceLinks(ActivitySource source)
{
    /// <summary>More would not be looked at one by one; bounds what a span weighs.</summary>
    public const int Most = 32;

    private List<ActivityLink>? _links;

    /// <summary>Null when there are none.</summary>
    public IReadOnlyList<ActivityLink>? All => _links is { Count: > 0 } ? _links : null;

    /// <summary>Takes those of a read's traces whose offset is at least <paramref name="from"/> and below <paramref name="to"/>.</summary>
    public void Add(IReadOnlyList<LogTrace> traces, long from, long to)
    {
        if (traces.Count == 0 || !source.HasListeners())
            return;
        for (var i = 0; i < traces.Count && (_links?.Count ?? 0) < Most; i++)
        {
            var trace = traces[i];
            if (trace.Offset >= from && trace.Offset < to && ActivityContext.TryParse(trace.TraceParent, null, isRemote: true, out var context))
                (_links ??= []).Add(new ActivityLink(context));
        }
    }

    // A span keeps the list it was given, so the next one gets another.
    public void Clear() => _links = null;
}
