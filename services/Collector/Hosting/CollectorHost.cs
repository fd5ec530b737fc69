using Tidemark.HttpHardening;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.Collector.Hosting;

/// <summary>The collector as a process of its own.</summary>
public static class CollectorHost
{
    public static ServiceDefinition Definition { get; } = new()
    {
        Name = "collector",
        Summary = "Takes events in over HTTP and from the topic events.intake, and puts them into the log.",
        Port = 8080,
        Sections = [OptionSection.Of<CollectorOptions>("Collector", CollectorOptionsCheck.Mistakes)],
        Add = static (services, options) => services.AddCollector(options.Get<CollectorOptions>()),
        Map = static app => app.MapCollector(),
        Limits = static _ => new DoorLimits(),
    };
}
