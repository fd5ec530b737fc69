using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.HttpHardening;
using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Host;

/// <summary>The HTTP doors alone, as a service has them, until standard input ends. <c>GET /allocated</c> tells the bytes that the process has allocated so far.</summary>
internal static class Serving
{
    internal static async Task<int> RunAsync(string place, int port)
    {
        await using var log = place == "none" ? new NoLog() : await HostLog.OpenAsync(place, null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.ConfigureDoors(new DoorLimits());
            server.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton(log);
        builder.Services.AddDoors();
        builder.Services.AddServiceDefaults("collector");
        builder.Services.AddCollector(HostLog.Options with { IntakeTopic = false });
        await using var app = builder.Build();
        app.UseDoorChecks(new DoorRules { Hosts = ServedHosts.Of([]), HostsOption = "hosts" });
        app.MapServiceDefaults();
        app.MapGet("/allocated", static (HttpContext context) => context.Response.WriteAsync(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        app.MapCollector();
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
