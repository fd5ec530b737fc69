using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator;
using Tidemark.Aggregator.Hosting;
using Tidemark.Collector;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.HttpHardening;
using Tidemark.HttpHardening.Pages;
using Tidemark.Local.Configuration;
using Tidemark.Local.Export;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Hosting;

/// <summary>The services of the local edition in one host, and its own doors.</summary>
internal static class LocalRegistration
{
    /// <summary>What the services may take to drain; the engine and the log come on top, all within 10 s.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <param name="engine">Null where a ClickHouse server takes its place.</param>
    internal static WebApplication Build(LocalOptions options, InstanceInfo instance, RocksDbEventLog log, EngineChild? engine)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = "tidemark",
            EnvironmentName = Environments.Production,
            Args = ServiceHost.NoFileWatch,
        });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        Logs.Configure(builder.Logging, options.Verbose);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(new DoorLimits());
            kestrel.Listen(System.Net.IPAddress.Loopback, instance.HttpPort ?? 0);
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = DrainTimeout;
            host.ServicesStopConcurrently = false;
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton<IEventLog>(new Shared(log));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDoors();
        builder.Services.AddServiceDefaults("local");
        builder.Services.AddDoorDrain();
        builder.Services.AddCollector(options.Collector);
        builder.Services.AddSessionizer(options.Sessionizer);
        var tables = options.Aggregator;
        if (engine is null)
        {
            builder.Services.AddAggregator(tables).AddClickHouseCheck();
        }
        else
        {
            // Its connections for writers are the loader's.
            tables = options.Aggregator with { ClickHouseUrl = instance.Sql, User = "reader", Password = "", Database = instance.Database };
            AddEngine(builder.Services, engine, tables with { User = "writer", Password = engine.Password });
        }
        var app = builder.Build();
        app.UseDoorDrain();
        app.UseDoorChecks(new DoorRules
        {
            Hosts = ServedHosts.Of(options.AllowedHosts),
            HostsOption = OptionTable.Own(nameof(LocalOptions.AllowedHosts)).OnCommandLine,
        });
        app.MapServiceDefaults();
        app.MapGet("/v1/instance", (HttpContext context) => context.Response.WriteAsJsonAsync(instance, InstanceJson.Default.InstanceInfo, null, context.RequestAborted));
        var loaded = new LoadedLog(log, app.Services.GetRequiredService<AggregatorService>(), TimeProvider.System);
        app.MapGet(ExportDoor.Path, (HttpContext context) => ExportDoor.HandleAsync(context, loaded, tables));
        app.MapCollector();
        return app;
    }

    private static void AddEngine(IServiceCollection services, EngineChild engine, AggregatorOptions loading)
    {
        services.AddSingleton(new EngineHealth(engine));
        services.AddAggregator(loading);
        services.AddHealthChecks().AddCheck<EngineHealth>("engine", tags: [ServiceDefaultsExtensions.ReadyTag]);
    }
}
