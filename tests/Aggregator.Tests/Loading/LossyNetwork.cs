using System.Net.Sockets;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>Loses requests before they arrive and answers after they were carried out.</summary>
internal sealed class LossyNetwork(HttpMessageHandler inner, int seed, double lost) : DelegatingHandler(inner)
{
    private readonly Random _random = new(seed);

    public int Lost { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        double draw;
        lock (_random)
        {
            draw = _random.NextDouble();
            if (draw < lost)
                Lost++;
        }
        if (draw < lost / 3)
            throw draw < lost / 6 ? new HttpRequestException("lost on the way there") : new SocketException((int)SocketError.NotConnected);
        var response = await base.SendAsync(request, cancellationToken);
        if (draw >= lost)
            return response;
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        response.Dispose();
        throw new HttpRequestException("lost on the way back");
    }
}
