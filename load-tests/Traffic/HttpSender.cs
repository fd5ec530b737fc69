using System.Diagnostics;
using System.Net.Sockets;
using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Traffic;

/// <summary>
/// Sends to whichever collector answers, as a client behind a load balancer does, until it hears 200; every other answer than 503 with Retry-After is noted as wrong.
/// </summary>
/// <param name="first">The door to begin with.</param>
/// <param name="patience">How long it waits for an answer before it sends the same to the next door; null: as long as the product's client does.</param>
internal sealed class HttpSender(IProduct product, int first, TimeSpan? patience = null)
{
    private int _next = first;

    /// <summary>Answers that a client must never get.</summary>
    internal List<string> Wrong { get; } = [];

    /// <summary>Answers 503 with Retry-After.</summary>
    internal int Postponed { get; private set; }

    /// <summary>Connections refused: nothing was sent.</summary>
    internal int Refused { get; private set; }

    /// <summary>Requests that were sent and got no answer, the connection cut or silent: the outcome is unknown and the batch is sent again. What the client saw of each.</summary>
    internal List<string> Unanswered { get; } = [];

    /// <summary>Returns the moment of the 200.</summary>
    internal Task<long> SendAsync(IReadOnlyList<SentEvent> events) => SendAsync(events, CancellationToken.None);

    /// <summary>Returns the moment of the 200; gives up only when it is told to.</summary>
    internal async Task<long> SendAsync(IReadOnlyList<SentEvent> events, CancellationToken cancellation)
    {
        var body = new MemoryStream();
        foreach (var sent in events)
        {
            body.Write(sent.Json);
            body.WriteByte((byte)'\n');
        }
        while (true)
        {
            var doors = product.Doors(Posting.LivePath);
            if (doors.Count > 0 && await TryAsync(doors[_next++ % doors.Count], body.ToArray()))
                return Stopwatch.GetTimestamp();
            await Task.Delay(30, cancellation);
        }
    }

    private async Task<bool> TryAsync(Uri door, byte[] body)
    {
        try
        {
            using var limit = new CancellationTokenSource(patience ?? Timeout.InfiniteTimeSpan);
            using var request = Posting.Events(door, product.Key, new ByteArrayContent(body));
            using var answer = await product.Http.SendAsync(request, limit.Token);
            if ((int)answer.StatusCode == 200)
                return true;
            if ((int)answer.StatusCode == 503 && answer.Headers.RetryAfter is not null)
                Postponed++;
            else
                Wrong.Add($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception e) when (e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or SocketException)
        {
            Refused++;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            Unanswered.Add($"{door}: {e.InnerException?.Message ?? e.Message}");
        }
        return false;
    }
}
