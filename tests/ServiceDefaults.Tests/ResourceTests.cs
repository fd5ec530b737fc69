using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.ServiceDefaults.Tests;

public sealed class ResourceTests
{
    /// <summary>Prometheus asks for this format; in it, the name and version are the metric <c>target_info</c>.</summary>
    [Fact]
    public async Task Metrics_SayWhoseTheyAre()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ServiceHost.NoFileWatch });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddServiceDefaults("collector");
        await using var app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0");
        var line = Assert.Single((await client.GetStringAsync("/metrics")).Split('\n'), static line => line.StartsWith("target_info{", StringComparison.Ordinal));
        Assert.Contains("service_name=\"collector\"", line, StringComparison.Ordinal);
        Assert.Contains($"service_version=\"{ProductVersion.Text}\"", line, StringComparison.Ordinal);
        await app.StopAsync();
    }
}
