using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Bodies;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Doors;

/// <summary>A request on its way through a door, with the body as far as it has been read.</summary>
internal sealed class DoorRequest(Door door, HttpContext context, BodyReader bodies) : IDisposable
{
    private Body? _body;
    private WriteKey? _key;

    internal Door Door => door;

    internal HttpRequest Http => context.Request;

    /// <summary>Cancelled when the client goes away.</summary>
    internal CancellationToken Aborted => context.RequestAborted;

    /// <summary>The key that it came in with. Set before the door's own work begins.</summary>
    internal WriteKey Key
    {
        get => _key ?? throw new InvalidOperationException("the request has not been let in");
        set => _key = value;
    }

    internal bool HasBody => _body is not null;

    /// <summary>The body without compression; empty until it was read.</summary>
    internal ReadOnlySpan<byte> Body => _body is null ? default : _body.Span;

    /// <summary>Reads the body, once. With a code there is none.</summary>
    internal ValueTask<RejectCode> ReadBodyAsync() => _body is null ? bodies.ReadAsync(context, _body = bodies.NewBody()) : ValueTask.FromResult(RejectCode.None);

    public void Dispose() => _body?.Dispose();
}
