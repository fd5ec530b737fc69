using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>Asks ClickHouse's HTTP port as the plugin's Go client does: Native of a newer protocol, gzip, settings with the query, as the reader.</summary>
internal sealed class PluginClient(Uri server, string database) : IDisposable
{
    // The revision of the Go client that plugin 4.x is built with.
    private const int Protocol = 54460;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(3) };

    internal async Task<Frame> QueryAsync(string sql, string? timeZone = null)
    {
        var zone = timeZone is null ? "" : $"&session_timezone={Uri.EscapeDataString(timeZone)}";
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(server, $"/?client_protocol_version={Protocol}&database={database}&default_format=Native&enable_http_compression=1&limit=0&max_execution_time=60{zone}"))
        {
            Content = new StringContent(sql, Encoding.UTF8),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("reader:"u8));
        request.Headers.AcceptEncoding.Add(new("gzip"));
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStreamAsync();
        if (answer.Content.Headers.ContentEncoding.Contains("gzip"))
            body = new GZipStream(body, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes);
        return answer.IsSuccessStatusCode
            ? NativeReader.Read(bytes.ToArray())
            : throw new InvalidOperationException($"{Encoding.UTF8.GetString(bytes.ToArray())}\nfor\n{sql}");
    }

    public void Dispose() => _http.Dispose();
}
