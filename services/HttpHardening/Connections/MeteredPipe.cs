using System.IO.Pipelines;

namespace Tidemark.HttpHardening.Connections;

internal sealed class MeteredPipe(IDuplexPipe inner, ConnectionShare share) : IDuplexPipe
{
    public PipeReader Input { get; } = new MeteredReader(inner.Input, share);

    public PipeWriter Output => inner.Output;
}
