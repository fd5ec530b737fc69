using System.Net;
using Tidemark.Aggregator.Native;

namespace Tidemark.Aggregator.Http;

/// <summary>A block as the body of a request, written column by column as the connection takes it.</summary>
internal sealed class NativeBlockContent(NativeBlock block, ReadOnlyMemory<int> order) : HttpContent
{
    public long BytesWritten { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        BytesWritten = await block.WriteAsync(stream, order, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
