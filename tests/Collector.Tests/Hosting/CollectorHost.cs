using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.HttpHardening;
using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>A collector on real Kestrel on a loopback port, with a memory log and a clock that stands still at <see cref="Now"/>.</summary>
internal sealed class CollectorHost : IAsyncDisposable
{
    internal static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    internal static readonly CollectorOptions Options = new()
    {
        IntakeTopic = false,
        Projects =
        [
            new ProjectOptions
            {
                Name = "shop",
                Keys = [new WriteKeyOptions { Key = "live" }, new WriteKeyOptions { Key = "all", History = true }, new WriteKeyOptions { Key = "gone", History = true, Revoked = true }],
            },
            new ProjectOptions { Name = "other", Keys = [new WriteKeyOptions { Key = "other" }] },
        ],
    };

    private readonly WebApplication _app;

    private CollectorHost(WebApplication app, MemoryLog log, FakeTimeProvider time, LogLines said)
    {
        Said = said;
        _app = app;
        Log = log;
        Time = time;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>What was logged, at the levels that a product writes.</summary>
    internal LogLines Said { get; }

    internal MemoryLog Log { get; }

    internal FakeTimeProvider Time { get; }

    internal HttpClient Client { get; }

    internal long InFlight => _app.Services.GetRequiredService<InFlightBytes>().Current;

    internal Task UntilInFlightAsync(long bytes) => Wait.ForAsync(() => Task.FromResult(InFlight), now => now == bytes, () => $"{bytes} bytes in flight");

    internal static long NowMs => Now.ToUnixTimeMilliseconds();

    internal static async Task<CollectorHost> StartAsync(CollectorOptions? options = null, DoorLimits? limits = null, Action<KestrelServerOptions>? kestrel = null, IEventLog? realLog = null, int? managementPort = null, string[]? allowedHosts = null, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var said = new LogLines(LogLevel.Warning);
        builder.Logging.AddProvider(said);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.ConfigureDoors(limits ?? new DoorLimits());
            server.Listen(IPAddress.Loopback, 0);
            kestrel?.Invoke(server);
        });
        var log = new MemoryLog();
        builder.Services.AddSingleton(realLog ?? log);
        var time = new FakeTimeProvider(Now);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddDoors();
        builder.Services.AddServiceDefaults("test");
        builder.Services.AddCollector(options ?? Options);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseDoorChecks(new DoorRules
        {
            Hosts = ServedHosts.Of(allowedHosts ?? []),
            HostsOption = "--allowed-hosts",
        });
        app.MapServiceDefaults(managementPort);
        app.MapCollector();
        await app.StartAsync();
        return new CollectorHost(app, log, time, said);
    }

    internal Task<Answer> PostAsync(string body, string path = "/v1/events", string? key = "all") => PostAsync(Encoding.UTF8.GetBytes(body), path, key);

    internal async Task<Answer> PostAsync(byte[] body, string path = "/v1/events", string? key = "all", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("X-Write-Key", key);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return await SendAsync(request);
    }

    internal async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return await Answer.FromAsync(response);
    }

    /// <summary>Sends bytes as they are and returns all that comes back: until the server closes, or until a whole answer is there that leaves the connection open.</summary>
    internal async Task<string> RawAsync(string text)
    {
        using var client = await RawClient.ConnectAsync(Client.BaseAddress!.Port);
        await client.SendAsync(text);
        return await client.AnswerAsync();
    }

    internal Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Client.BaseAddress!.Port);

    internal IReadOnlyList<StoredEvent> Events(string topic = Topics.Events) => [.. Log.All(topic).Select(StoredEvent.From)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
