using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tidemark.Sessionizer.Processing;

namespace Tidemark.Sessionizer;

public static class SessionizerRegistration
{
    /// <summary>
    /// Adds the sessionizer as a background service over the host's <see cref="EventLog.IEventLog"/>, <see cref="TimeProvider"/> and <see cref="Random"/>, with the health check
    /// "sessionizer" (tag ready). <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> with every mistake when the options are wrong.
    /// </summary>
    public static IServiceCollection AddSessionizer(this IServiceCollection services, SessionizerOptions options)
    {
        options.ThrowIfWrong();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(options);
        services.AddSingleton<SessionizerStatus>();
        services.AddSingleton(provider => new SessionizerMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<SessionizerStatus>()));
        services.AddSingleton<SessionizerService>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionizerService>());
        services.AddHostedService<SettingsWatch>();
        services.AddHealthChecks().AddCheck<SessionizerHealth>("sessionizer", tags: ["ready"]);
        return services;
    }
}
