using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tidemark.Collector.Doors;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Keys;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector;

/// <summary>
/// The collector in one place. A request passes: <see cref="DoorRouter"/> (path, method, key), <see cref="EventsDoor"/> (body, compression),
/// <see cref="BatchReader"/> (array or lines), <see cref="EventParser"/> (JSON), <see cref="EventAssembler"/> (rules, Avro), <see cref="Appender"/> (log), <see cref="Answers"/>.
/// A message of the intake topic: <see cref="IntakeService"/> (a partition each), <see cref="IntakeLoop"/> (read, commit), <see cref="IntakeBatch"/> (one transaction),
/// <see cref="MessageJudge"/>, and from there on as a request's body.
/// </summary>
public static class CollectorExtensions
{
    /// <summary>Adds the collector; the host adds an <see cref="EventLog.IEventLog"/>. Throws <see cref="ArgumentException"/> that names all mistakes in the options.</summary>
    public static IServiceCollection AddCollector(this IServiceCollection services, CollectorOptions options)
    {
        CollectorOptionsCheck.Check(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddMetrics();
        services.AddSingleton(options)
            .AddSingleton<IntakeStatus>()
            .AddSingleton<CollectorMetrics>()
            .AddSingleton<InFlightBytes>()
            .AddSingleton<LogState>()
            .AddSingleton<WriteKeys>()
            .AddSingleton<BatchReaders>()
            .AddSingleton<RejectedAllowance>()
            .AddSingleton<RejectedWriter>()
            .AddSingleton<Appender>()
            .AddSingleton<PagePermission>()
            .AddSingleton<Cors>()
            .AddSingleton<ImportRegistry>()
            .AddSingleton<EventsDoor>()
            .AddSingleton<ImportEndDoor>()
            .AddSingleton<ImportUndoDoor>()
            .AddSingleton<DoorRouter>();
        if (options.IntakeTopic)
            services.AddHostedService<IntakeService>();
        services.AddHealthChecks().AddCheck<LogState>("log", tags: [ServiceDefaultsExtensions.ReadyTag]);
        return services;
    }

    /// <summary>
    /// Whether pages of any origin may come as far as this path, where the door judges them by the key that they have (<see cref="PagePermission"/>): what a host's checks
    /// (<see cref="HttpHardening.DoorChecks"/>) leave open.
    /// </summary>
    public static bool JudgesPages(PathString path) => path.StartsWithSegments("/v1/events", StringComparison.Ordinal) || path.StartsWithSegments("/v1/history", StringComparison.Ordinal);

    /// <summary>Puts the doors in front of the endpoints, and a JSON 404 behind them.</summary>
    public static WebApplication MapCollector(this WebApplication app)
    {
        var router = app.Services.GetRequiredService<DoorRouter>();
        app.Use(next => context => router.TryHandle(context) ?? next(context));
        app.MapFallback("{**path}", router.NotFoundAsync);
        return app;
    }
}
