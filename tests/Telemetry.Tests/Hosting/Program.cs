using Tidemark.ClickHouse.Embedded;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>The engine as a process of its own: its signals and its memory are not the test's.</summary>
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
