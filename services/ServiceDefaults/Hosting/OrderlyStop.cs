using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tidemark.ServiceDefaults.Hosting;

internal static class OrderlyStop
{
    internal static IServiceCollection AddOrderlyStop(this IServiceCollection services, ShutdownOptions options)
    {
        services.AddSingleton(options)
            .AddDoorDrain()
            .AddSingleton<DrainLifetime>()
            .AddSingleton<IHostLifetime>(static provider => provider.GetRequiredService<DrainLifetime>())
            .AddSingleton<LoopGuard>();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = options.DrainTimeout;
            // One after the other, the doors first: they were started last.
            host.ServicesStopConcurrently = false;
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        services.AddHealthChecks()
            .AddCheck<DrainState>("shutdown", tags: [ServiceDefaultsExtensions.ReadyTag])
            .AddCheck<LoopGuard>("loops", tags: [ServiceDefaultsExtensions.LiveTag]);
        return services;
    }

    internal static void UseOrderlyStop(this WebApplication app)
    {
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<DrainLifetime>().BeginStop);
        app.UseDoorDrain();
    }
}
