using System.Text.Json;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>An answer of a door, checked for what no answer may hold.</summary>
internal sealed record Answer(int Status, string Body, Dictionary<string, string> Headers)
{
    internal int Accepted => Json.GetProperty("accepted").GetInt32();

    internal string Error => Json.GetProperty("error").GetString()!;

    /// <summary>The rejections as "index:code" divided by blanks.</summary>
    internal string Rejected => string.Join(' ', Json.GetProperty("rejected").EnumerateArray().Select(r => $"{r.GetProperty("index").GetInt32()}:{r.GetProperty("code").GetString()}"));

    private JsonElement Json => JsonDocument.Parse(Body).RootElement;

    internal static async Task<Answer> FromAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));
        Assert.DoesNotContain("server", headers.Keys);
        return new Answer((int)response.StatusCode, body, headers);
    }
}
