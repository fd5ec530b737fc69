using Microsoft.Extensions.Logging;
using Tidemark.Aggregator;

namespace Tidemark.Local.Hosting;

/// <summary>The pipeline's tables in an engine that runs by itself.</summary>
internal static class EngineTables
{
    /// <summary>Makes them, or brings them up to this version.</summary>
    public static Task MigrateAsync(InstanceInfo instance, string password, ILoggerFactory loggers, CancellationToken cancellation) =>
        AggregatorSchema.MigrateAsync(
            new AggregatorOptions { ClickHouseUrl = instance.Sql, User = "writer", Password = password }, TimeProvider.System, Random.Shared, loggers.CreateLogger("Tidemark.Aggregator"),
            cancellation);
}
