using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tidemark.Aggregator;

public static class AggregatorRegistration
{
    /// <summary>Adds the aggregator as a hosted service with its metrics and its readiness; throws <see cref="ArgumentException"/> that names every wrong setting.</summary>
    public static IServiceCollection AddAggregator(this IServiceCollection services, AggregatorOptions options)
    {
        var mistakes = options.Mistakes();
        if (mistakes.Count > 0)
            throw new ArgumentException($"The settings of the aggregator are wrong: {string.Join("; ", mistakes)}.", nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(options);
        services.AddSingleton<AggregatorMetrics>();
        services.AddSingleton<AggregatorHealth>();
        services.AddSingleton<AggregatorService>();
        services.AddHostedService(provider => provider.GetRequiredService<AggregatorService>());
        services.AddHealthChecks().AddCheck<AggregatorHealth>("loader", tags: ["ready"]);
        return services;
    }
}
