using System.Globalization;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests;

/// <summary>A single service, with whatever settings, that need not find anything of what it needs.</summary>
internal static class Lonely
{
    internal const string Key = "lonely-key";

    internal static ServiceInstance Service(string program, params (string Key, string Value)[] settings)
    {
        var port = FreePort.Take();
        var environment = new Dictionary<string, string>
        {
            // Nobody listens there.
            ["Kafka__BootstrapServers"] = $"127.0.0.1:{FreePort.Take()}",
            ["Http__Address"] = "127.0.0.1",
            ["Http__Port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        if (program == "Collector")
        {
            environment["Collector__Projects__0__Name"] = "lonely";
            environment["Collector__Projects__0__Keys__0__Key"] = Key;
        }
        if (program == "Aggregator")
            environment["Aggregator__ClickHouseUrl"] = $"http://127.0.0.1:{FreePort.Take()}/";
        foreach (var (key, value) in settings)
            environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new ServiceInstance(new ChildProcess(program, $"tidemark-{program.ToLowerInvariant()}.dll", [], environment, new Uri($"http://127.0.0.1:{port}/health/ready")), port);
    }
}
