using Tidemark.ClickHouse.Embedded;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>The engine as a process of its own: its signals and its memory are not the test's.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["engine", var folder, var port])
            return 64;
        var server = new EngineServer(new EngineServerOptions
        {
            DataPath = folder,
            Port = int.Parse(port),
            WriterPassword = Environment.GetEnvironmentVariable(EngineProcess.PasswordVariable),
            ExitWithParent = true,
            DrainTimeout = TimeSpan.FromSeconds(2),
        });
        await server.RunAsync(CancellationToken.None);
        return 0;
    }
}
