using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Tidemark.Local.Sql;

/// <summary>Asks ClickHouse's HTTP interface as the read-only user.</summary>
internal sealed class SqlClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Copies the answer's bytes to the output as they come; the engine's text when it refuses, at once or after the first rows.</summary>
    public async Task<string?> CopyAsync(string query, string? format, Stream output, CancellationToken cancellation)
    {
        try
        {
            using var answer = await SendAsync(query, format, cancellation);
            if (!answer.IsSuccessStatusCode)
                return await answer.Content.ReadAsStringAsync(cancellation);
            var tag = answer.Headers.TryGetValues("X-ClickHouse-Exception-Tag", out var tags) ? tags.First() : null;
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            return await new AnswerCopy(output, tag).RunAsync(body, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw new CommandFailedException($"ClickHouse at {address} does not answer: {Quoted.Text(e.Message)}");
        }
    }

    /// <summary>The rows of a query as texts. Null when the engine is away or refuses: it may be on its way up again.</summary>
    public async Task<string[][]?> TryRowsAsync(string query, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        try
        {
            using var answer = await SendAsync(query, "TabSeparatedRaw", cancellation, parameters);
            if (!answer.IsSuccessStatusCode)
                return null;
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return null;
        }
    }

    private Task<HttpResponseMessage> SendAsync(string query, string? format, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        var url = new System.Text.StringBuilder("/?user=reader&database=tidemark");
        if (format is not null)
            url.Append(CultureInfo.InvariantCulture, $"&default_format={Uri.EscapeDataString(format)}");
        foreach (var (name, value) in parameters)
            url.Append(CultureInfo.InvariantCulture, $"&param_{name}={Uri.EscapeDataString(value)}");
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(query));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        return _http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(address, url.ToString())) { Content = content }, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    public void Dispose() => _http.Dispose();
}
