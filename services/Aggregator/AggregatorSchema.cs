using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Migrations;

namespace Tidemark.Aggregator;

/// <summary>The pipeline's tables and views without the loader, for an engine that runs alone.</summary>
public static class AggregatorSchema
{
    /// <summary>Applies what is missing; throws <see cref="ClickHouseException"/> or <see cref="MigrationException"/>.</summary>
    /// <param name="options">Where the engine is.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="jitter">Of pauses.</param>
    /// <param name="logger">Hears what was applied.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task MigrateAsync(AggregatorOptions options, TimeProvider time, Random jitter, ILogger logger, CancellationToken cancellation)
    {
        using var client = new ClickHouseClient(options);
        // Without an engine this ends here; once there is one, single statements are repeated until they are answered.
        await client.QueryServerAsync("SELECT 1", cancellation);
        using var metrics = new AggregatorMetrics();
        var link = new EngineLink(options, metrics, time, jitter, logger);
        await new Migrator(client, link, options.Database, SqlFile.Migrations(), SqlFile.Comments(), SqlFile.Analytics(), logger).RunAsync(cancellation);
    }
}
