using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Tidemark.Local.Sql;

/// <summary>Asks ClickHouse's HTTP interface; reads only, whatever it is asked.</summary>
internal sealed class SqlClient(SqlServer server) : IDisposable
{
    // ClickHouse sends nobody elsewhere, and whoever does gets no password.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Copies the answer's bytes to the output as they come; the engine's text when it refuses, at once or after the first rows.</summary>
    public async Task<string?> CopyAsync(string query, string? format, Stream output, CancellationToken cancellation)
    {
        try
        {
            using var answer = await SendAsync(query, format, usesDatabase: true, [], cancellation);
            if (!answer.IsSuccessStatusCode)
                return await answer.Content.ReadAsStringAsync(cancellation);
            var tag = answer.Headers.TryGetValues("X-ClickHouse-Exception-Tag", out var tags) ? tags.First() : null;
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            return await new AnswerCopy(output, tag).RunAsync(body, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw Away(e);
        }
    }

    /// <summary>What the server has against the user; null when it lets the user in. Fails when nothing answers.</summary>
    public async Task<string?> RefusalAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await SendAsync("SELECT 1", null, usesDatabase: false, [], cancellation);
            return answer.IsSuccessStatusCode ? null : (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw Away(e);
        }
    }

    private CommandFailedException Away(Exception e) => new($"ClickHouse at {server.Address} does not answer: {Quoted.Text(e.Message)}");

    /// <summary>The rows of a query as texts. Null when the engine is away or refuses: it may be on its way up again.</summary>
    public async Task<string[][]?> TryRowsAsync(string query, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        try
        {
            using var answer = await SendAsync(query, "TabSeparatedRaw", usesDatabase: true, parameters, cancellation);
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

    private async Task<HttpResponseMessage> SendAsync(string query, string? format, bool usesDatabase, (string Name, string Value)[] parameters, CancellationToken cancellation)
    {
        // readonly=2: settings may be given, nothing may be changed.
        var url = new System.Text.StringBuilder(server.IsReader ? "/?" : "/?readonly=2");
        if (usesDatabase)
            url.Append(CultureInfo.InvariantCulture, $"&database={Uri.EscapeDataString(server.Database)}");
        if (format is not null)
            url.Append(CultureInfo.InvariantCulture, $"&default_format={Uri.EscapeDataString(format)}");
        foreach (var (name, value) in parameters)
            url.Append(CultureInfo.InvariantCulture, $"&param_{name}={Uri.EscapeDataString(value)}");
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(query));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, url.ToString())) { Content = content };
        // In headers, as the loader does: addresses are logged.
        request.Headers.Add("X-ClickHouse-User", server.User);
        if (server.Password.Length > 0)
            request.Headers.Add("X-ClickHouse-Key", server.Password);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    public void Dispose() => _http.Dispose();
}
