using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Http;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Health;

namespace Tidemark.Aggregator.Hosting;

/// <summary>Asks ClickHouse whether it answers: while nothing is loaded the loader would not notice.</summary>
internal sealed class ClickHouseCheck : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private readonly ClickHouseClient _client;

    public ClickHouseCheck(AggregatorOptions options, TimeProvider time)
    {
        _client = new ClickHouseClient(options);
        Check = new Reachability("ClickHouse", _patience, time, AskAsync);
    }

    internal Reachability Check { get; }

    public void Dispose() => _client.Dispose();

    private async ValueTask<string?> AskAsync(CancellationToken cancellation)
    {
        try
        {
            await _client.QueryServerAsync("SELECT 1", cancellation);
            return null;
        }
        catch (ClickHouseException e)
        {
            return $"ClickHouse: {e.Message}";
        }
    }
}

public static class ClickHouseCheckRegistration
{
    /// <summary>Adds the health check "clickhouse" (tag ready).</summary>
    public static void AddClickHouseCheck(this IServiceCollection services)
    {
        services.AddSingleton<ClickHouseCheck>();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "clickhouse", static provider => provider.GetRequiredService<ClickHouseCheck>().Check, null, [ServiceDefaultsExtensions.ReadyTag]));
    }
}
