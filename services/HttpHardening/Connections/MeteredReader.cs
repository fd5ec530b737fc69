using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tidemark.HttpHardening.Connections;

/// <summary>Tells a connection's share when it waits for bytes, and how many it has looked at without using them.</summary>
internal sealed class MeteredReader(PipeReader inner, ConnectionShare share) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private long _unread;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Seen(read.Result)) : WaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        Seen(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // What nobody has looked at yet is bounded by the transport; what was looked at and left is waited for with more behind it.
        var unread = consumed.Equals(examined) ? 0 : _buffer.Slice(consumed, examined).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
        if (unread == _unread)
            return;
        _unread = unread;
        share.Holds(unread);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
    {
        share.Waits();
        try
        {
            return Seen(await read.ConfigureAwait(false));
        }
        finally
        {
            share.Heard();
        }
    }

    private ReadResult Seen(ReadResult result)
    {
        _buffer = result.Buffer;
        return result;
    }
}
