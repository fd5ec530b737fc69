using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Migrations;

namespace Tidemark.Aggregator;

/// <summary>The pipeline's tables and views without the loader, for an engine that runs alone.</summary>
public static class AggregatorSchema
{
    /// <summary>Applies what is missing; throws <see cref="ClickHouseException"/> or <see cref="MigrationException"/>.</summary>
    public static async Task MigrateAsync(AggregatorOptions options, ILogger logger, CancellationToken cancellation)
    {
        using var client = new ClickHouseClient(options);
        await new Migrator(client, options.Database, SqlFile.Migrations(), SqlFile.Analytics(), logger).RunAsync(cancellation);
    }
}
