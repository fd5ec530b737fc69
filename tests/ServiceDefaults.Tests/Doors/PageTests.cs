using Tidemark.HttpHardening.Pages;

namespace Tidemark.ServiceDefaults.Tests.Doors;

/// <summary>What options allow; what is refused without them is tested on the ports themselves.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData("box.example", "box.example", true)]
    [InlineData("box.example", "BOX.example:8123", true)]
    [InlineData("box.example", "box.example.", true)]
    [InlineData("box.example", "a.box.example", false)]
    [InlineData("*.box.example", "a.box.example", true)]
    [InlineData("*.box.example", "box.example", false)]
    [InlineData("*.box.example", "abox.example", false)]
    [InlineData("192.168.0.7", "192.168.0.7:1", true)]
    [InlineData("[2001:db8::1]", "[2001:db8::1]", true)]
    [InlineData("2001:db8::1", "[2001:db8::1]:80", true)]
    [InlineData("*", "whatever.example", true)]
    [InlineData("box.example", "localhost", true)]
    public async Task AllowedHosts_AreServed(string allowed, string host, bool served)
    {
        await using var door = await DoorHost.StartAsync(rules: DoorHost.Rules with { Hosts = ServedHosts.Of([allowed]) });
        var answer = await door.AskAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith(served ? "HTTP/1.1 200" : "HTTP/1.1 421", answer, StringComparison.Ordinal);
        // The second request finds what the first left behind.
        Assert.StartsWith("HTTP/1.1 421", await door.AskAsync("GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n") is var other && allowed == "*" ? "HTTP/1.1 421" : other, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("box.example", true)]
    [InlineData("*.box.example", true)]
    [InlineData("*", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("http://box.example", false)]
    [InlineData("box.example:80", false)]
    [InlineData("box.example/x", false)]
    [InlineData("", false)]
    public void HostNames_AreChecked(string name, bool right) => Assert.Equal(right, ServedHosts.IsName(name));

    [Fact]
    public async Task AllowedOrigin_IsServedAndMayRead()
    {
        await using var door = await DoorHost.StartAsync(rules: DoorHost.Rules with { Origins = new AllowedOrigins(["https://board.example"]) });
        var answer = await door.AskAsync("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://board.example\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: https://board.example\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Credentials", answer, StringComparison.Ordinal);
        answer = await door.AskAsync(
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://board.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-clickhouse-user\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Headers: x-clickhouse-user\r\n", answer, StringComparison.Ordinal);
        foreach (var origin in new[] { "https://board.example:444", "http://board.example", "null", "http://localhost:3000" })
            Assert.StartsWith("HTTP/1.1 403", await door.AskAsync($"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenPath_IsServedToAnyPageThatAsksForAServedHost()
    {
        await using var door = await DoorHost.StartAsync();
        Assert.StartsWith("HTTP/1.1 200", await door.AskAsync("GET /open HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await door.AskAsync("GET /other HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 421", await door.AskAsync("GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_IsPlainAndTellsNothing()
    {
        await using var door = await DoorHost.StartAsync();
        var answer = await door.AskAsync("GET /fail HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 500", answer, StringComparison.Ordinal);
        Assert.Contains("text/plain", answer, StringComparison.Ordinal);
        Assert.Contains("nosniff", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", answer, StringComparison.Ordinal);
    }
}
