using Tidemark.ClickHouse.Embedded;

namespace Tidemark.Aggregator.Tests.Engine;

/// <summary>The engine as a process of its own, so that tests can kill it.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["engine", var folder, var port, ..])
            return 64;
        await EngineServer.RunChildAsync(new EngineOptions { DataPath = folder, Port = int.Parse(port), DrainTimeout = TimeSpan.FromSeconds(2) });
        return 0;
    }
}
