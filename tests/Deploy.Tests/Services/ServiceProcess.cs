using System.Net;
using System.Net.Sockets;

namespace Tidemark.Deploy.Tests.Services;

/// <summary>One of the three executables on a free port of loopback, from its start until SIGTERM has ended it.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly ProgramProcess _process;

    private ServiceProcess(string program, string folder, Dictionary<string, string?> environment, int port)
    {
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _process = ProgramProcess.Start("dotnet", [program], folder, environment);
    }

    internal HttpClient Http { get; }

    /// <summary>Starts it and waits until it answers; adds the port to the environment, for a health check with the same one.</summary>
    internal static async Task<ServiceProcess> StartAsync(string program, string folder, Dictionary<string, string?> environment)
    {
        var port = FreePort.Take();
        environment["Http__Port"] = port.ToString();
        environment["Http__Address"] = "127.0.0.1";
        var service = new ServiceProcess(program, folder, environment, port);
        try
        {
            await Wait.ForAsync(service.LivesOrEndedAsync, static isDone => isDone, () => $"an answer of {program}\n{service._process.Said}");
            Assert.False(service._process.HasEnded, $"{program} ended by itself: {service._process.Said}");
        }
        catch
        {
            service.Dispose();
            throw;
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
        var status = await _process.StopAsync();
        return (status, _process.Said);
    }

    public void Dispose()
    {
        _process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> LivesOrEndedAsync()
    {
        try
        {
            return _process.HasEnded || await StatusAsync("/health/live") == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // It does not listen yet.
            return false;
        }
    }
}
