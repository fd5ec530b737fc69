using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.ServiceDefaults.Tests.Configuration;

namespace Tidemark.ServiceDefaults.Tests.Hosting;

/// <summary>What the process ends with, whatever ends it.</summary>
public sealed class ServiceHostTests : IDisposable
{
    private const int PartFailed = 70;
    private const int WrongConfiguration = 78;

    private static readonly string[] _arguments = ["--Test:Name=n", "--Http:Address=127.0.0.1", "--Http:Port=0"];

    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public async Task Run_LoopThatEnds_IsAFailure() => Assert.Equal(PartFailed, await RunAsync(static _ => Task.CompletedTask));

    [Fact]
    public async Task Run_LoopThatCrashes_IsAFailure() => Assert.Equal(PartFailed, await RunAsync(static _ => throw new InvalidOperationException("a bug")));

    [Fact]
    public async Task Run_LoopThatTheLogRefuses_IsAFailure() => Assert.Equal(PartFailed, await RunAsync(static async _ =>
    {
        await Task.Yield();
        throw new LogCorruptException("events/0 is damaged at offset 7");
    }));

    [Fact]
    public async Task Run_LogWithOtherSettings_IsWrongConfiguration() => Assert.Equal(WrongConfiguration, await RunAsync(static async _ =>
    {
        await Task.Yield();
        throw new LogSettingsException("topic events has 5 partitions, not 4");
    }));

    [Fact]
    public async Task Run_LogThatCannotBeOpened_IsWrongConfiguration() => Assert.Equal(WrongConfiguration, await ServiceHost.RunAsync(
        _arguments,
        Service(static _ => Task.Delay(Timeout.Infinite, CancellationToken.None)),
        new HostedLog(TestOptions.Section, static (services, _) => services.AddSingleton<IHostedService>(static _ => throw new LogSettingsException("no such mechanism"))),
        _given.Folder));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_AskedToStop_IsZeroAndTheLogClosesAfterTheLoops(bool duringTheStart)
    {
        var order = new List<string>();
        var status = await ServiceHost.RunAsync(
            _arguments,
            Service(static _ => Task.CompletedTask) with
            {
                Add = (services, _) => services.AddHostedService(provider => new Loop(async stop =>
                {
                    provider.GetRequiredService<ClosingLog>().Open();
                    var stopped = Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
                    var application = provider.GetRequiredService<IHostApplicationLifetime>();
                    if (!duringTheStart)
                        await Task.Delay(Timeout.Infinite, application.ApplicationStarted).ContinueWith(static _ => { }, TaskScheduler.Default);
                    application.StopApplication();
                    await stopped;
                    // As if a last commit were under way.
                    await Task.Delay(100, CancellationToken.None);
                    order.Add("loop");
                })).AddHostedService(_ => new Start(duringTheStart)),
            },
            new HostedLog(TestOptions.Section, (services, _) => services.AddSingleton(_ => new ClosingLog(order))),
            _given.Folder);
        Assert.Equal(0, status);
        Assert.Equal(["loop", "log"], order);
    }

    private async Task<int> RunAsync(Func<CancellationToken, Task> loop) => await ServiceHost.RunAsync(
        _arguments, Service(loop), new HostedLog(TestOptions.Section, static (_, _) => { }), _given.Folder);

    private static ServiceDefinition Service(Func<CancellationToken, Task> loop) => new()
    {
        Name = "test",
        Summary = "A test.",
        Port = 8080,
        Sections = [],
        Add = (services, _) => services.AddHostedService(_ => new Loop(loop)),
    };

    private sealed class Loop(Func<CancellationToken, Task> run) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
    }

    /// <summary>A part that starts at once, or until the host gives its start up.</summary>
    private sealed class Start(bool forEver) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => forEver ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ClosingLog(List<string> order) : IAsyncDisposable
    {
        private bool _opened;

        public void Open() => _opened = true;

        public ValueTask DisposeAsync()
        {
            order.Add(_opened ? "log" : "never opened");
            return ValueTask.CompletedTask;
        }
    }
}
