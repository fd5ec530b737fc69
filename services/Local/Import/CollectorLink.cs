using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Polly;
using Tidemark.Resilience;

namespace Tidemark.Local.Import;

/// <summary>Requests to the collector's history doors. What passes is tried again with growing pauses, longer than a restart of the services takes; what does not pass ever is one clear line.</summary>
internal sealed class CollectorLink : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _untilAnswered;

    public CollectorLink(Uri address, string key, TimeProvider time)
    {
        (Address, _time) = (address, time);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _untilAnswered = RetryForever.Pipeline(Pauses, time, static failed => failed is PassingException);
    }

    public Uri Address { get; }

    /// <summary>Sends a request until there is an answer that will not be another one in a moment.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">Where to, with its query.</param>
    /// <param name="body">Lines of events; null: none.</param>
    /// <param name="read">Makes a result of status and body; a <see cref="JsonException"/> counts as no answer.</param>
    /// <param name="gaveUp">The error's text, made of the last trouble.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, Func<HttpStatusCode, byte[], T> read, Func<string, string> gaveUp, CancellationToken cancellation)
    {
        var since = _time.GetTimestamp();
        return await _untilAnswered.ExecuteAsync(
            async ct =>
            {
                try
                {
                    return await TrySendAsync(method, path, body, read, ct);
                }
                catch (PassingException trouble) when (_time.GetElapsedTime(since) > Patience)
                {
                    throw new CommandFailedException(gaveUp(trouble.Message));
                }
            },
            cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> TrySendAsync<T>(HttpMethod method, string path, ReadOnlyMemory<byte>? body, Func<HttpStatusCode, byte[], T> read, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(Address, path));
            if (body is { } lines)
            {
                request.Content = new ReadOnlyMemoryContent(lines);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            }
            using var answer = await _http.SendAsync(request, cancellation);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
            return answer.StatusCode switch
            {
                HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => throw new PassingException(Text(bytes)),
                HttpStatusCode.Unauthorized => throw new CommandFailedException($"the collector at {Address} does not know the write key: say the right one with --key"),
                _ => read(answer.StatusCode, bytes),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new PassingException(Quoted.Text(e.Message));
        }
    }

    /// <summary>What an answer says, for an error.</summary>
    public static string Text(byte[] body) => Quoted.Text(Encoding.UTF8.GetString(body), 300);

    private sealed class PassingException(string trouble) : Exception(trouble);
}
