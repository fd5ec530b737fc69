using System.Text.Json;
using Tidemark.Grafana.Tests.Queries;

namespace Tidemark.Grafana.Tests.Engines;

/// <summary>The demo as people start it: a made-up shop's past day through the real pipeline, then live traffic.</summary>
public sealed class Demo : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-grafana-").FullName;
    private ProgramProcess _process = null!;

    internal PluginClient Client { get; private set; } = null!;

    internal Uri Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _process = ProgramProcess.StartOurs("tidemark.dll", ["demo", "--seed", "7", "--data", _folder, "--http-port", "0", "--sql-port", "0"]);
        await _process.LineAsync(static line => line == "Ctrl-C stops", TimeSpan.FromMinutes(8));
        using var instance = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "tidemark.instance")));
        Client = new PluginClient(new Uri($"http://127.0.0.1:{instance.RootElement.GetProperty("sqlPort").GetInt32()}"), "tidemark");
        Http = new Uri($"http://127.0.0.1:{instance.RootElement.GetProperty("httpPort").GetInt32()}");
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasEnded)
            await _process.StopAsync();
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

[CollectionDefinition(nameof(Demo))]
public sealed class DemoGroup : ICollectionFixture<Demo>;
