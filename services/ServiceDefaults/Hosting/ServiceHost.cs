using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.HttpHardening;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Logging;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>The life of a service's process: arguments, configuration, log, service, doors; until a signal or a failure that is for good.</summary>
public static class ServiceHost
{
    /// <summary>Runs the process and returns what it ends with: 0, or a status of <see cref="ExitStatus"/> after a line that says why.</summary>
    public static Task<int> RunAsync(string[] arguments, ServiceDefinition service, HostedLog log) => RunAsync(arguments, service, log, AppContext.BaseDirectory);

    internal static async Task<int> RunAsync(string[] arguments, ServiceDefinition service, HostedLog log, string folder)
    {
        var mistakes = new List<string>();
        var commandLine = CommandLine.Parse(arguments, mistakes);
        if (mistakes.Count == 0 && commandLine.Verb is ServiceVerb.Help or ServiceVerb.Version)
        {
            await Console.Out.WriteLineAsync(commandLine.Verb == ServiceVerb.Help ? ServiceHelp.Text(service, log) : $"{service.Program} {ProductVersion.Text}");
            return ExitStatus.Ok;
        }
        var sections = service.AllSections(log);
        // A health check needs to know where the service listens; what else it needs is the service's affair.
        if (commandLine.Verb == ServiceVerb.Health)
            sections = [.. sections.Where(static s => s.Type == typeof(HttpOptions))];
        var options = ServiceConfiguration.Read(sections, commandLine, folder, mistakes);
        if (options is null)
        {
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync(mistake);
            return ExitStatus.WrongConfiguration;
        }
        return commandLine.Verb == ServiceVerb.Health ? await HealthVerb.RunAsync(options.Get<HttpOptions>()) : await RunAsync(service, log, options);
    }

    internal static IReadOnlyList<OptionSection> CommonSections(int port, HostedLog log) =>
    [
        log.Section,
        OptionSection.Of<HttpOptions>("Http", static o => o.Mistakes(), () => new HttpOptions { Port = port }),
        OptionSection.Of<ShutdownOptions>("Shutdown", static o => o.Mistakes()),
        OptionSection.Of<LogOptions>("Logging", static _ => []),
        OptionSection.Of<TelemetryOptions>("Telemetry", static o => o.Mistakes()),
    ];

    /// <summary>The host's own configuration files are not read. It would watch its folder for them all the same, with all folders below, and wake at every file that is written there.</summary>
    public static string[] NoFileWatch { get; } = ["--hostBuilder:reloadConfigOnChange=false"];

    private static async Task<int> RunAsync(ServiceDefinition service, HostedLog log, BoundOptions options)
    {
        await using var app = Build(service, log, options);
        var guard = app.Services.GetRequiredService<LoopGuard>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tidemark.ServiceDefaults.Hosting");
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or System.Net.Sockets.SocketException)
        {
            return await CannotListenAsync(options.Get<HttpOptions>(), e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            return await CannotListenAsync(options.Get<HttpOptions>(), e);
        }
        catch (LogException e)
        {
            // Opened with settings that no log can have.
            await Console.Error.WriteLineAsync(e.Message);
            return ExitStatus.WrongConfiguration;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop in the middle of its start: what runs already is stopped in the same order.
            return await StopAsync(app.StopAsync());
        }
        logger.Listening(service.Name, ProductVersion.Text, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        guard.Watch(app.Services.GetServices<IHostedService>());
        return await StopAsync(app.WaitForShutdownAsync());

        async Task<int> StopAsync(Task stopping)
        {
            try
            {
                await stopping;
                logger.Stopped();
            }
            catch (Exception e) when (e is OperationCanceledException or AggregateException)
            {
                // A part that did not stop in time; what it was about is repeated from the last commit.
                logger.StopTookTooLong(options.Get<ShutdownOptions>().DrainTimeout.TotalSeconds);
                return guard.Status == ExitStatus.Ok ? ExitStatus.Failed : guard.Status;
            }
            return guard.Status;
        }
    }

    private static WebApplication Build(ServiceDefinition service, HostedLog log, BoundOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = service.Name,
            EnvironmentName = Environments.Production,
            Args = NoFileWatch,
        });
        builder.Configuration.Sources.Clear();
        ServiceLogging.Configure(builder.Logging, options.Get<LogOptions>());
        var http = options.Get<HttpOptions>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(service.Limits(options));
            kestrel.Listen(IPAddress.Parse(http.Address), http.Port);
        });
        builder.Services.AddDoors();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddServiceDefaults(service.Name).AddTracing(options.Get<TelemetryOptions>());
        builder.Services.AddOrderlyStop(options.Get<ShutdownOptions>());
        log.Add(builder.Services, options);
        service.Add(builder.Services, options);
        var app = builder.Build();
        app.UseOrderlyStop();
        app.UseDoorChecks(new DoorRules
        {
            Hosts = http.Served,
            HostsOption = "Http:AllowedHosts",
        });
        app.MapServiceDefaults();
        service.Map(app);
        return app;
    }

    private static async Task<int> CannotListenAsync(HttpOptions http, Exception e)
    {
        await Console.Error.WriteLineAsync(
            $"cannot listen on {http.Address} port {http.Port}: {(e.InnerException ?? e).Message}; choose another with Http:Port or Http:Address");
        return ExitStatus.WrongConfiguration;
    }
}
