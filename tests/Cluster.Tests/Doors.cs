using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests;

/// <summary>What a door answered; status 0 when there was no answer.</summary>
internal sealed record DoorAnswer(int Status, string Text, TimeSpan? RetryAfter)
{
    /// <summary>There was no connection: nothing was sent.</summary>
    internal bool IsRefused { get; init; }

    /// <summary>200, or 503 with the time to wait: all that a client may see while services restart.</summary>
    internal bool IsAllowed => Status == 200 || (Status == 503 && RetryAfter is not null);
}

/// <summary>Speaks to the services' ports.</summary>
internal static class Doors
{
    private static readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };

    internal static async Task<DoorAnswer> PostAsync(ServiceInstance collector, string key, string body, string path = "/v1/events")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, collector.Door(path)) { Content = new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
        try
        {
            using var answer = await _http.SendAsync(request);
            return new DoorAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.RetryAfter?.Delta);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return new DoorAnswer(0, e.InnerException?.Message ?? e.Message, null) { IsRefused = e is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } };
        }
    }

    /// <summary><c>/health/ready</c> or <c>/health/live</c>.</summary>
    internal static async Task<DoorAnswer> HealthAsync(ServiceInstance service, string which)
    {
        try
        {
            using var answer = await _http.GetAsync(service.Door("/health/" + which));
            return new DoorAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), null);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return new DoorAnswer(0, e.Message, null);
        }
    }

    /// <summary>Asks <c>/health/…</c> until it says what is expected; its last answer is in the failure.</summary>
    internal static async Task<DoorAnswer> EventuallyAsync(ServiceInstance service, string which, Func<DoorAnswer, bool> expected)
    {
        var answer = await Wait.ForAsync(
            () => HealthAsync(service, which), now => expected(now) || !service.Process.IsRunning, () => $"/health/{which} of {service.Process.Name} as expected\n{service.Process.Said}");
        Assert.True(expected(answer), $"{service.Process.Name} ended by itself: {service.Process.Said}");
        return answer;
    }
}
