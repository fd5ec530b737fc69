using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tidemark.Collector.Bodies;
using Tidemark.Collector.Doors;
using Tidemark.Collector.Imports;
using Tidemark.Collector.Intake;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Keys;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector;

/// <summary>
/// The collector in one place. A request passes: <see cref="DoorPipeline"/> (method, key, page), a <see cref="Door"/>, <see cref="BodyReader"/> (body, compression), <see cref="EventStore"/>,
/// <see cref="BatchReader"/> (array or lines), <see cref="EventParser"/> (JSON), <see cref="EventAssembler"/> (rules, Avro), <see cref="Appender"/> (log), <see cref="Answers"/>.
/// A message of the intake topic: <see cref="IntakeService"/> (a partition each), <see cref="IntakeLoop"/> (read, commit), <see cref="IntakeBatch"/> (one transaction),
/// <see cref="MessageJudge"/>, and from there on as a request's body.
/// </summary>
public static class CollectorRegistration
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
            .AddSingleton<CollectorHealth>()
            .AddSingleton<WriteKeys>()
            .AddSingleton<BatchReaders>()
            .AddSingleton<RejectedAllowance>()
            .AddSingleton<RejectedWriter>()
            .AddSingleton<Appender>()
            .AddSingleton<PagePermission>()
            .AddSingleton<ImportRegistry>()
            .AddSingleton<BodyReader>()
            .AddSingleton<EventStore>()
            .AddSingleton<DoorPipeline>()
            .AddSingleton<Door, EventsDoor>()
            .AddSingleton<Door, HistoryDoor>()
            .AddSingleton<Door, ImportEndDoor>()
            .AddSingleton<Door, ImportUndoDoor>()
            .AddSingleton<Door, ImportsDoor>()
            .AddCors()
            // Else the framework looks for the note of the CORS middleware in every request, see DoorEndpoints. Nothing here has other metadata that it would look for.
            .Configure<RouteOptions>(static routes => routes.SuppressCheckForUnhandledSecurityMetadata = true);
        if (options.IntakeTopic)
            services.AddHostedService<IntakeService>();
        services.AddHealthChecks().AddCheck<CollectorHealth>("log", tags: [ServiceDefaultsExtensions.ReadyTag]);
        return services;
    }

    /// <summary>Maps the doors as endpoints, and a JSON 404 behind everything that the host maps.</summary>
    public static WebApplication MapCollector(this WebApplication app)
    {
        DoorEndpoints.Map(app);
        return app;
    }
}
