using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.Local.Import;
using Tidemark.Testing;

namespace Tidemark.Local.Tests.Import;

/// <summary>What the commands make of a collector's answers, and of none.</summary>
public sealed class CollectorLinkTests : IAsyncLifetime
{
    private readonly PausingTime _time = new();
    private readonly ConcurrentQueue<string> _bodies = [];
    private readonly ConcurrentQueue<int> _statuses = [];
    private WebApplication _app = null!;
    private CollectorLink _link = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _bodies.Enqueue(await reader.ReadToEndAsync());
            context.Response.StatusCode = _statuses.TryDequeue(out var status) ? status : StatusCodes.Status200OK;
            await context.Response.WriteAsync($"answer {context.Response.StatusCode}");
        });
        await _app.StartAsync();
        _link = new CollectorLink(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "key", _time);
    }

    [Fact]
    public async Task WhatPasses_IsSentAgainWithTheSameBody()
    {
        foreach (var status in (int[])[503, 429, 408])
            _statuses.Enqueue(status);
        Assert.Equal("answer 200", await SendAsync());
        Assert.Equal(["lines", "lines", "lines", "lines"], _bodies);
    }

    [Fact]
    public async Task WhatDoesNotPass_IsReadAtOnce()
    {
        _statuses.Enqueue(409);
        Assert.Equal("answer 409", await SendAsync());
        _statuses.Enqueue(401);
        Assert.Contains("does not know the write key", (await Assert.ThrowsAsync<CommandFailedException>(SendAsync)).Message);
        Assert.Equal(2, _bodies.Count);
    }

    [Fact]
    public async Task WhatGoesOnForTwoMinutes_IsGivenUp_WithTheLastTrouble()
    {
        var begun = _time.GetUtcNow();
        for (var i = 0; i < 1000; i++)
            _statuses.Enqueue(503);
        Assert.Equal("gave up: answer 503", (await Assert.ThrowsAsync<CommandFailedException>(SendAsync)).Message);
        Assert.InRange(_time.GetUtcNow() - begun, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task NoAnswerAtAll_IsWaitedForAsLong()
    {
        await _app.StopAsync();
        Assert.StartsWith("gave up: ", (await Assert.ThrowsAsync<CommandFailedException>(SendAsync)).Message);
    }

    public async Task DisposeAsync()
    {
        _link.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<string> SendAsync()
    {
        var sent = _link.SendAsync(
            HttpMethod.Post, "/v1/history", "lines"u8.ToArray(), static (_, body) => Encoding.UTF8.GetString(body), static trouble => $"gave up: {trouble}", CancellationToken.None);
        while (await Task.WhenAny(sent, _time.PauseAsync()) is Task<TimeSpan> pause)
            _time.Advance(await pause);
        return await sent;
    }
}
