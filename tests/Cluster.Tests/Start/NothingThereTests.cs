using System.Net;
using System.Net.Sockets;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Start;

/// <summary>Neither Kafka nor ClickHouse is there: the processes live, say so and can be stopped.</summary>
public sealed class NothingThereTests : IAsyncLifetime
{
    private static readonly TimeSpan _stopTime = TimeSpan.FromMinutes(1);

    private readonly List<ServiceInstance> _services = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
            await service.Process.DisposeAsync();
    }

    [Fact]
    public async Task Collector_WithoutKafka_LivesIsNotReadyRefusesAndStopsInOrder()
    {
        var collector = await StartAsync("Collector");
        var ready = await Doors.EventuallyAsync(collector, "ready", answer => answer.Status == 503);
        Assert.Contains("\"kafka\":{\"status\":\"unhealthy\",\"description\":\"", ready.Text, StringComparison.Ordinal);
        var answer = await Doors.PostAsync(collector, Lonely.Key, """{"type":"page","anonymousId":"v1"}""");
        Assert.Equal(503, answer.Status);
        Assert.NotNull(answer.RetryAfter);
        await StopsInOrderAsync(collector);
    }

    [Fact]
    public async Task Sessionizer_WithoutKafka_LivesIsNotReadyAndStopsInOrder()
    {
        var sessionizer = await StartAsync("Sessionizer");
        await Doors.EventuallyAsync(sessionizer, "ready", answer => answer.Status == 503);
        await StopsInOrderAsync(sessionizer);
    }

    [Fact]
    public async Task Aggregator_WithoutKafkaAndClickHouse_SaysBoth()
    {
        var aggregator = await StartAsync("Aggregator");
        await Doors.EventuallyAsync(aggregator, "ready", answer => answer.Status == 503
            && answer.Text.Contains("\"clickhouse\":{\"status\":\"unhealthy\",\"description\":\"", StringComparison.Ordinal)
            && answer.Text.Contains("\"kafka\":{\"status\":\"unhealthy\",\"description\":\"", StringComparison.Ordinal));
        await StopsInOrderAsync(aggregator);
    }

    [Fact]
    public async Task Logs_WhileNothingIsThere_AreAFewLinesAndNoStack()
    {
        var collector = await StartAsync("Collector");
        for (var i = 0; i < 200; i++)
            Assert.Equal(503, (await Doors.PostAsync(collector, Lonely.Key, """{"type":"page","anonymousId":"v1"}""")).Status);
        await Wait.UntilAsync(() => collector.Process.Said.Contains("does not answer", StringComparison.Ordinal), "a line that says that nothing is there");
        var lines = collector.Process.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length < 10, collector.Process.Said);
        Assert.All(lines, line => Assert.StartsWith("{\"Timestamp\":\"2", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_PortIsTaken_IsOneLineAndAStatusThatIsNotZero()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (status, _, errors) = await Shell.RunOursAsync("tidemark-sessionizer.dll", ["--Kafka:BootstrapServers=127.0.0.1:1", "--Http:Address=127.0.0.1", $"--Http:Port={port}"]);
        Assert.Equal(78, status);
        Assert.StartsWith($"cannot listen on 127.0.0.1 port {port}: ", errors, StringComparison.Ordinal);
        Assert.Contains("Http:Port", errors, StringComparison.Ordinal);
        Assert.Equal(2, errors.Split('\n').Length);
    }

    [Fact]
    public async Task Stop_WithADelay_IsNotReadyFirstAndASecondSignalEndsAtOnce()
    {
        var sessionizer = await StartAsync("Sessionizer", ("Shutdown:Delay", "5m"), ("Shutdown:Timeout", "6m"));
        sessionizer.Process.Signal("TERM");
        await Doors.EventuallyAsync(sessionizer, "ready", answer => answer.Text.Contains("the service is stopping", StringComparison.Ordinal));
        Assert.Equal(200, (await Doors.HealthAsync(sessionizer, "live")).Status);
        // Far below the delay that it would go through otherwise.
        await sessionizer.Process.TerminateAsync(TimeSpan.FromMinutes(1));
        Assert.NotEqual(0, sessionizer.Process.Status);
    }

    private async Task<ServiceInstance> StartAsync(string program, params (string Key, string Value)[] settings)
    {
        var service = Lonely.Service(program, settings);
        _services.Add(service);
        service.Process.Start();
        await Doors.EventuallyAsync(service, "live", answer => answer.Status == 200);
        return service;
    }

    private static async Task StopsInOrderAsync(ServiceInstance service)
    {
        await service.Process.TerminateAsync(_stopTime);
        Assert.Equal(0, service.Process.Status);
        Assert.Contains("Stopped in order", service.Process.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", service.Process.Said, StringComparison.Ordinal);
    }
}
