using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tidemark.Testing;

namespace Tidemark.Deploy.Tests.Services;

/// <summary>One of the three executables on a free port of loopback, from its start until SIGTERM has ended it.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ServiceProcess(string program, string folder, Dictionary<string, string?> environment, int port)
    {
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _process = Command.Start("dotnet", [program], folder, environment);
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal HttpClient Http { get; }

    /// <summary>Starts it and waits until it answers; adds the port to the environment, for a health check with the same one.</summary>
    internal static async Task<ServiceProcess> StartAsync(string program, string folder, Dictionary<string, string?> environment)
    {
        var port = FreePort.Take();
        environment["Http__Port"] = port.ToString();
        environment["Http__Address"] = "127.0.0.1";
        var service = new ServiceProcess(program, folder, environment, port);
        if (!await service.LivesAsync())
        {
            service.Dispose();
            Assert.Fail($"{program} does not answer: {await service._output}{await service._error}");
        }
        return service;
    }

    internal async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    /// <summary>What it ends with after SIGTERM, and all it wrote.</summary>
    internal async Task<(int Status, string Text)> StopAsync()
    {
        await Command.RunAsync("kill", ["-TERM", _process.Id.ToString()]);
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _output + await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> LivesAsync()
    {
        for (var patience = Stopwatch.StartNew(); !_process.HasExited && patience.Elapsed < TimeSpan.FromMinutes(3); await Task.Delay(100))
        {
            try
            {
                if (await StatusAsync("/health/live") == HttpStatusCode.OK)
                    return true;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // It does not listen yet.
            }
        }
        return false;
    }
}
