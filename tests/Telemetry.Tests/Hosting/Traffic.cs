namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>A little of everything that the services count: good, refused, repeated, late and mended events, an import, sessions that close and one that is corrected.</summary>
internal static class Traffic
{
    internal const string Visitor = "visitor-7f3a";

    internal static async Task SendAsync(Pipeline pipeline)
    {
        var now = DateTimeOffset.UtcNow;
        string Event(string visitor, double secondsAgo, string id) =>
            $$"""{"type":"track","event":"e\ud83d","anonymousId":"{{visitor}}","messageId":"{{id}}","timestamp":"{{now.AddSeconds(-secondsAgo):O}}"}""";
        await pipeline.PostAsync($"[{Event(Visitor, 20, "a")},{Event(Visitor, 19.5, "b")},{{\"event\":\"nobody\"}}]");
        await pipeline.PostAsync(Event(Visitor, 20, "a"));
        await pipeline.PostAsync("nonsense");
        // Moves the horizon past the end of that session, then something from before that bridges nothing but joins it: a correction. An hour old is late.
        await pipeline.PostAsync(Event(Visitor, 5, "c"));
        await pipeline.MetricsAsync(metrics => metrics.Sum("tidemark_sessionizer_rows_total", ("kind", "first")) >= 1);
        await pipeline.PostAsync(Event(Visitor, 18.8, "d"));
        await pipeline.PostAsync(Event(Visitor, 3600, "e"));
        // A device whose clock is an hour behind is taken for now, which the others must not be far from; a body that is not what its header says.
        now = DateTimeOffset.UtcNow;
        await pipeline.PostAsync($$"""{"event":"e","anonymousId":"{{Visitor}}","timestamp":"{{now.AddHours(-1):O}}","sentAt":"{{now.AddHours(-1):O}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new StringContent(Event(Visitor, 1, "f")) };
        request.Headers.Add("X-Write-Key", "key");
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await pipeline.Client.SendAsync(request)).Dispose();
        await pipeline.IntakeAsync(Event("of-kafka", 1, "h").Replace("{\"type\"", "{\"writeKey\":\"key\",\"type\"", StringComparison.Ordinal), "garbage");
        await pipeline.PostAsync(Event("imported", 86_400, "g"), "/v1/history?import=one");
        await pipeline.PostAsync("", "/v1/history/end?import=one");
    }
}
