using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Plans;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>What all loaders of a process share.</summary>
internal sealed record LoaderServices(
    AggregatorOptions Options, IEventLog Log, LoadPlanLog Plans, BlockSender Sender, BlockPool Blocks, AggregatorMetrics Metrics, TimeProvider Time, ILogger Logger)
{
    /// <summary>Events are loaded as far as the sessionizer has judged them; everything else as it comes.</summary>
    public static bool FollowsCommits(string topic) => topic is Topics.Events or Topics.History;
}
