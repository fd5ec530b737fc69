using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tidemark.Grafana.Tests.Queries;

namespace Tidemark.Grafana.Tests.Engines;

/// <summary>The demo as people start it: a made-up shop's past day through the real pipeline, then live traffic.</summary>
public sealed class Demo : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-grafana-").FullName;
    private readonly StringBuilder _said = new();
    private Process _process = null!;

    internal PluginClient Client { get; private set; } = null!;

    internal Uri Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tidemark.dll"), "demo", "--seed", "7", "--data", _folder, "--http-port", "0", "--sql-port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        var serving = new TaskCompletionSource();
        _process.OutputDataReceived += (_, line) => Hear(line.Data, serving);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, serving);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (await Task.WhenAny(serving.Task, _process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMinutes(8))) != serving.Task)
            throw new InvalidOperationException($"the demo does not serve; it said\n{_said}");
        using var instance = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "tidemark.instance")));
        Client = new PluginClient(new Uri($"http://127.0.0.1:{instance.RootElement.GetProperty("sqlPort").GetInt32()}"), "tidemark");
        Http = new Uri($"http://127.0.0.1:{instance.RootElement.GetProperty("httpPort").GetInt32()}");
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            using var stop = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
                _process.Kill(entireProcessTree: true);
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Hear(string? line, TaskCompletionSource serving)
    {
        lock (_said)
            _said.AppendLine(line);
        if (line == "Ctrl-C stops")
            serving.TrySetResult();
    }
}

[CollectionDefinition(nameof(Demo))]
public sealed class DemoGroup : ICollectionFixture<Demo>;
