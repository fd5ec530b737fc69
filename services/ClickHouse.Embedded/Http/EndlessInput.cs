using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// A connection's input that tells of its end only when there is nothing left to look at: Kestrel drops a request when it finds the end
/// behind its last byte.
/// </summary>
internal sealed class EndlessInput(PipeReader inner) : PipeReader
{
    ReadResult _last;
    long _seen;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        => _last = WithoutEnd(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        _last = result = WithoutEnd(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // What stays in the buffer and was looked at: with nothing more than that the end is told.
        _seen = _last.Buffer.Slice(consumed, examined).Length;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    ReadResult WithoutEnd(ReadResult result)
        => result.IsCompleted && result.Buffer.Length > _seen ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : result;
}
