using System.Net.Sockets;
using System.Text;
using Tidemark.Aggregator.Native;

namespace Tidemark.Aggregator.Http;

/// <summary>
/// ClickHouse's HTTP interface as far as the pipeline needs it: statements with parameters, Native blocks, and answers as they come. Every failure is a <see cref="ClickHouseException"/>
/// that says whether ClickHouse cannot or will not; cancellation is the caller's own.
/// </summary>
public sealed class ClickHouseClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _database;
    private readonly TimeSpan _timeout;

    public ClickHouseClient(AggregatorOptions options)
        : this(options, static handler => handler)
    {
    }

    /// <param name="wrap">What stands between the client and the network: faults, in tests.</param>
    internal ClickHouseClient(AggregatorOptions options, Func<HttpMessageHandler, HttpMessageHandler> wrap)
    {
        _database = options.Database;
        _timeout = options.RequestTimeout;
        var handler = new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
            // ClickHouse sends nobody elsewhere, and whoever does gets no password.
            AllowAutoRedirect = false,
        };
        _http = new HttpClient(wrap(handler)) { BaseAddress = options.ClickHouseUrl, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add("X-ClickHouse-User", options.User);
        if (options.Password.Length > 0)
            _http.DefaultRequestHeaders.Add("X-ClickHouse-Key", options.Password);
    }

    /// <summary>Runs one statement and returns what it answers, in the format that the statement names (TabSeparated by default).</summary>
    public Task<string> QueryAsync(string sql, CancellationToken cancellation, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        SendAsync(Url(_database, null, parameters), new StringContent(sql, Encoding.UTF8), cancellation);

    /// <summary>Runs one statement outside the pipeline's database, which may not exist yet.</summary>
    public Task<string> QueryServerAsync(string sql, CancellationToken cancellation) =>
        SendAsync(Url("default", null, []), new StringContent(sql, Encoding.UTF8), cancellation);

    /// <summary>The rows of a query, their values as TabSeparated texts.</summary>
    public async Task<string[][]> RowsAsync(string sql, CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        var text = await QueryAsync(sql, cancellation, parameters);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }

    /// <summary>
    /// Inserts a block as one part per month. With a token the engine stores it once however often it is sent, in the table and in everything its views write.
    /// Returns the bytes sent.
    /// </summary>
    public async Task<long> InsertAsync(string table, NativeBlock block, ReadOnlyMemory<int> order, string? token, CancellationToken cancellation)
    {
        var statement = $"INSERT INTO {table} ({block.ColumnNames}) FORMAT Native";
        using var content = new NativeBlockContent(block, order);
        await SendAsync(Url(_database, statement, InsertSettings(token)), content, cancellation);
        return content.BytesWritten;
    }

    public void Dispose() => _http.Dispose();

    // An import may span decades, and each month is a partition: no limit on partitions. A batch is one block, whatever its size.
    internal static (string, object)[] InsertSettings(string? token) =>
    [
        ("async_insert", 0),
        ("deduplicate_blocks_in_dependent_materialized_views", 1),
        ("max_partitions_per_insert_block", 0),
        ("min_insert_block_size_rows", 0),
        ("min_insert_block_size_bytes", 0),
        ("wait_end_of_query", 1),
        // Without a token equal blocks would be taken for a repetition, and rows that may come twice could be dropped after a crash.
        token is null ? ("insert_deduplicate", 0) : ("insert_deduplication_token", token),
    ];

    private static string Url(string database, string? query, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var url = new StringBuilder("/?database=").Append(Uri.EscapeDataString(database));
        if (query is not null)
            url.Append("&query=").Append(Uri.EscapeDataString(query));
        foreach (var (name, value) in parameters)
            url.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!));
        return url.ToString();
    }

    /// <summary>The answer of one statement as bytes, in the format that the statement names, while ClickHouse still makes it.</summary>
    public async Task<ClickHouseAnswer> OpenAsync(string sql, CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        using var content = new StringContent(sql, Encoding.UTF8);
        var response = await AnswerAsync(Url(_database, null, parameters), content, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return new ClickHouseAnswer(response, await response.Content.ReadAsStreamAsync(cancellation), _http.BaseAddress);
    }

    private async Task<string> SendAsync(string url, HttpContent content, CancellationToken cancellation)
    {
        using var response = await AnswerAsync(url, content, HttpCompletionOption.ResponseContentRead, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private async Task<HttpResponseMessage> AnswerAsync(string url, HttpContent content, HttpCompletionOption until, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_timeout);
        try
        {
            var response = await _http.SendAsync(request, until, deadline.Token);
            var code = response.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes) ? codes.FirstOrDefault() : null;
            if (response.IsSuccessStatusCode && code is null)
                return response;
            using (response)
                throw Refusal.From((int)response.StatusCode, code, await response.Content.ReadAsStringAsync(deadline.Token));
        }
        // The bare socket's when the connection is gone the moment it is there.
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw new ClickHouseException($"no answer from ClickHouse at {_http.BaseAddress}: {e.Message}", transient: true, inner: e);
        }
        catch (IOException e)
        {
            throw new ClickHouseException($"the connection to ClickHouse at {_http.BaseAddress} broke: {e.Message}", transient: true, inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ClickHouseException($"no answer from ClickHouse at {_http.BaseAddress} within {_timeout}", transient: true, inner: e);
        }
    }
}
