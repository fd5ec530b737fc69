using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.Aggregator.Hosting;

/// <summary>The aggregator as a process of its own.</summary>
public static class AggregatorHost
{
    public static ServiceDefinition Definition { get; } = new()
    {
        Name = "aggregator",
        Summary = "Loads events and sessions from the log into ClickHouse, exactly once.",
        Port = 8082,
        Sections = [OptionSection.Of<AggregatorOptions>("Aggregator", static o => o.Mistakes())],
        Add = static (services, options) => services.AddAggregator(options.Get<AggregatorOptions>()).AddClickHouseCheck(),
    };
}
